/*
 * What one invocation may do. A Worker is given so many calls and so much time; work that takes more is
 * done in steps, each of which ends when its budget is spent and goes on in the next.
 */
import type { Bucket, Database } from '#platform/bindings.ts'

/** A step has done what it may do; another goes on. */
export class StepOverError extends Error {
  override readonly name = 'StepOverError'
}

/** What a step may do. */
export interface StepLimits {
  readonly calls: number
  readonly bytes: number
}

/**
 * Calls stay well below the 1,000 at which the platform ends an invocation: an upload that was begun is
 * finished. Bytes of files cost a checksum each.
 */
const usualLimits: StepLimits = { calls: 600, bytes: 192 * 1024 * 1024 }

/** Counts what a step does. */
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

  /** @throws {StepOverError} before a call that is too many */
  call(): void {
    if (this.#isSpent) throw new StepOverError()
    this.#calls += 1
  }

  /** Counts a call that finishes what was begun, whatever is spent. */
  finishingCall(): void {
    this.#calls += 1
  }
}

/** A database whose batches are counted, and refused once the budget is spent. */
export function budgetedDatabase(db: Database, budget: StepBudget): Database {
  return {
    prepare: (sql) => db.prepare(sql),
    batch: (statements) => {
      budget.call()
      return db.batch(statements)
    },
  }
}

/** A bucket whose calls are counted, and refused once the budget is spent, save for those that end an upload. */
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
