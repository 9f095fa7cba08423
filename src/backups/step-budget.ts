/*
 * The budget of one invocation. A Worker may only make a limited number of calls and use limited
 * time. Longer work runs in steps: each stops when its budget is spent, and the next one continues.
 */
import type { Bucket, Database } from '#platform/bindings.ts'

/** The budget of a step is spent; another step continues. */
export class StepOverError extends Error {
  override readonly name = 'StepOverError'
}

/** The limits of a step. */
export interface StepLimits {
  readonly calls: number
  readonly bytes: number
}

/**
 * Calls stay well below the 1,000 at which the platform stops an invocation, so that a started
 * upload can be finished. Bytes of files cost a checksum each.
 */
const usualLimits: StepLimits = { calls: 600, bytes: 192 * 1024 * 1024 }

/** Counts the calls and bytes of a step. */
export class StepBudget {
  readonly #limits: StepLimits
  #calls = 0
  #bytes = 0

  constructor(limits: StepLimits = usualLimits) {
    this.#limits = limits
  }

  get #isSpent(): boolean {
    return this.#calls >= this.#limits.calls || this.#bytes >= this.#limits.bytes
  }

  spend(bytes: number): void {
    this.#bytes += bytes
  }

  /** @throws {StepOverError} If the budget is spent. */
  call(): void {
    if (this.#isSpent) throw new StepOverError()
    this.#calls += 1
  }

  /** Counts a call that finishes started work, even if the budget is spent. */
  finishingCall(): void {
    this.#calls += 1
  }
}

/** A database that counts its batches and rejects them once the budget is spent. */
export function budgetedDatabase(db: Database, budget: StepBudget): Database {
  return {
    prepare: (sql) => db.prepare(sql),
    batch: (statements) => {
      budget.call()
      return db.batch(statements)
    },
  }
}

/**
 * A bucket that counts its calls and rejects them once the budget is spent, except calls that
 * finish an upload.
 */
export function budgetedBucket(bucket: Bucket, budget: StepBudget): Bucket {
  return {
    head: (key) => {
      budget.call()
      return bucket.head(key)
    },
    get: (key, options) => {
      budget.call()
      budget.spend(options?.range?.length ?? 0)
      return bucket.get(key, options)
    },
    put: (key, content, options) => {
      budget.finishingCall()
      return bucket.put(key, content, options)
    },
    delete: (keys) => {
      budget.call()
      return bucket.delete(keys)
    },
    list: (options) => {
      budget.call()
      return bucket.list(options)
    },
    createMultipartUpload: (key, options) => {
      budget.call()
      return bucket.createMultipartUpload(key, options)
    },
    resumeMultipartUpload: (key, uploadId) => bucket.resumeMultipartUpload(key, uploadId),
  }
}
