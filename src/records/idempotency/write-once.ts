/*
 * Writes that a client may repeat, because it sends the same `Idempotency-Key` each time. The key is
 * stored in the batch of the write, before its guards: a repetition fails on it, whatever became of
 * the record since, and is answered with the records as they are now and as its caller may see them.
 * A stored answer would outlive the caller's rights.
 */
import type { Context } from 'hono'
import type { PlanContext } from '#catalog/plan-context.ts'
import { after, type Plan } from '#database/query.ts'
import {
  type IdempotencyEntry,
  type IdempotencyTarget,
  isKeyUsed,
  keyIsUnused,
  useKey,
} from '#database/idempotency.ts'
import type { AppEnv } from '#http/app-env.ts'
import type { RecordBody } from '#http/body/record-body.ts'
import { hexDigest } from '#kernel/bytes.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import type { FilePlan } from '#records/write/write-with-files.ts'
import { requestFingerprint } from './fingerprint.ts'
import { readIdempotencyKey } from './idempotency-key.ts'
import { planReplay, type ReplayedRecord, type Replay } from './replay.ts'

/** Thrown by a write whose key was used. */
class KeyUsed extends Error {}

/** The key of a request, through all attempts to plan it. */
export class WriteKey {
  readonly #c: Context<AppEnv, string>
  readonly #key: string
  #fingerprint: string | undefined
  #entry: IdempotencyEntry | undefined

  constructor(c: Context<AppEnv, string>, key: string) {
    this.#c = c
    this.#key = key
  }

  /** Notes the body and the caller of an attempt. Until then, the key has no effect. */
  async begin(context: PlanContext, body: RecordBody): Promise<void> {
    this.#fingerprint ??= await requestFingerprint(this.#c, this.#key, body)
    this.#entry = await this.entryFor(context)
  }

  /** The key of this caller and the request; undefined before the body was read. */
  async entryFor({ caller }: PlanContext): Promise<IdempotencyEntry | undefined> {
    if (this.#fingerprint === undefined) return undefined
    const owner = caller === undefined ? [] : [caller.collectionId, caller.recordId]
    const key = await hexDigest('SHA-256', JSON.stringify([this.#key, ...owner]))
    return { key, fingerprint: this.#fingerprint }
  }

  /** Stores the key with a write, and looks for it before files are stored. */
  keep<T>(
    plan: FilePlan<T>,
    context: PlanContext,
    targets: readonly IdempotencyTarget[],
    status: number,
  ): FilePlan<T> {
    const entry = this.#entry
    if (entry === undefined) return plan
    const kept = after([useKey(entry, targets, status, context.now)], plan)
    return {
      ...this.#explained(kept),
      preconditions: [keyIsUnused(entry), ...plan.preconditions],
    }
  }

  /** Looks for the key before a plan that prepares the write. */
  before<T>(plan: Plan<T>): Plan<T> {
    const entry = this.#entry
    return entry === undefined ? plan : this.#explained(after([keyIsUnused(entry)], plan))
  }

  /** A request that cannot be planned any more may still be a repetition. */
  refuse(error: ApiError): FilePlan<never> {
    const entry = this.#entry
    // Repetitions are limited like all requests.
    if (entry === undefined || error.status === commonErrors.tooManyRequests.status) throw error
    const statements = [keyIsUnused(entry)]
    const read = (): never => {
      throw error
    }
    return {
      ...this.#explained({ statements, read }),
      preconditions: statements,
      files: [],
      mayOrphanFiles: false,
    }
  }

  #explained<P extends Plan<unknown>>(plan: P): P {
    const { errorFor } = plan
    return {
      ...plan,
      errorFor: (failure) =>
        isKeyUsed(failure)
          ? new KeyUsed()
          : (errorFor?.(failure) ?? new ApiError(commonErrors.badRequest)),
    }
  }
}

/**
 * The key of a request; undefined if it has none.
 *
 * @throws {ApiError} `idempotency_key_invalid`
 */
export function writeKeyOf(c: Context<AppEnv, string>): WriteKey | undefined {
  const key = readIdempotencyKey(c)
  return key === undefined ? undefined : new WriteKey(c, key)
}

/** An answer, of a write or of its repetition. */
export type OnceAnswer<T> = { readonly answer: T } | { readonly replay: Replay }

/** Maximum attempts if keys are removed meanwhile. */
const maxAttempts = 3

/** A write, and its answer if it is repeated. */
interface Repeatable<T> {
  readonly write: () => Promise<T>
  /** The records of the answer, once the write has read its body. */
  readonly records: () => readonly ReplayedRecord[]
}

/**
 * Runs a write, or repeats its answer.
 *
 * Database: as the write; 2 batches for a repetition.
 *
 * @throws {ApiError} `idempotency_key_reused`; `unavailable` if keys keep disappearing
 */
export async function runOnce<T>(
  c: Context<AppEnv, string>,
  key: WriteKey | undefined,
  { write, records }: Repeatable<T>,
): Promise<OnceAnswer<T>> {
  if (key === undefined) return { answer: await write() }
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    try {
      return { answer: await write() }
    } catch (error) {
      if (!(error instanceof KeyUsed)) throw error
    }
    const replay = await c.get('services').transactor.read(async (context) => {
      const entry = await key.entryFor(context)
      if (entry === undefined) throw new ApiError(commonErrors.unavailable)
      return planReplay(context, entry, records())
    })
    if (replay === undefined) continue
    c.get('headers')['Idempotency-Replayed'] = 'true'
    return { replay }
  }
  throw new ApiError(commonErrors.unavailable)
}

/** Plans a write with a key. If it cannot be planned, it may still be a repetition. */
export async function planOnce<T>(
  key: WriteKey | undefined,
  plan: () => Promise<FilePlan<T>>,
): Promise<FilePlan<T>> {
  try {
    return await plan()
  } catch (error) {
    if (key === undefined || !(error instanceof ApiError)) throw error
    return key.refuse(error)
  }
}
