import type { PlanContext } from '#catalog/plan-context.ts'
import type { Transactor } from '#catalog/transact.ts'
import { after, constant, type Plan } from '#database/query.ts'
import { replaceRecoveryCodes } from '#database/second-factors.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import type { RequestMail } from '#mail/mail-service.ts'
import { stepUpError, stepUpGuard } from '#records/step-up.ts'
import { requireCollection } from '#auth/guards.ts'
import type { AuthRequest } from '#auth/sign-in/auth-response.ts'
import { enrollingCaller } from './factor-owner.ts'
import { mailOwner } from '#auth/account-mail/owner-mail.ts'
import { codesPerSet, newRecoveryCode, recoveryHash } from './recovery-code.ts'

interface Ports {
  readonly transactor: Transactor
  readonly rateLimiter: RateLimiter
  readonly mail: RequestMail
}

/** New recovery codes, shown this once. */
export interface RecoveryCodes {
  readonly recoveryCodes: readonly string[]
}

/** A set of new codes. */
export function newCodes(): string[] {
  return Array.from({ length: codesPerSet }, newRecoveryCode)
}

/** The digests of an account's codes. */
export async function hashesOf(
  collectionId: string,
  recordId: string,
  codes: readonly string[],
): Promise<string[]> {
  return await Promise.all(codes.map((code) => recoveryHash(collectionId, recordId, code)))
}

/**
 * Gives the caller new recovery codes. The former ones no longer work.
 *
 * Database: 1 batch. KV: 1 read.
 *
 * @throws {ApiError} `collectionMissing`, `recordTokenRequired`, `otherCollectionRequired`,
 *   `authCollectionMissing`, `totpDisabled`, `tooManyRequests`; `stepUpRequired` without a recent
 *   second factor
 */
export async function replaceCodes(ports: Ports, request: AuthRequest): Promise<RecoveryCodes> {
  const codes = newCodes()
  await ports.transactor.write(async (context) => {
    const named = requireCollection(context, request.collection)
    const target = { collection: named, tags: ['enrolFactor', 'auth'] }
    return await ports.rateLimiter.attempt(context, target, async () => ({
      plan: await planCodes(context, request, codes),
    }))
  })
  ports.mail.deliver()
  return { recoveryCodes: codes }
}

async function planCodes(
  context: PlanContext,
  request: AuthRequest,
  codes: readonly string[],
): Promise<Plan<undefined>> {
  const { now } = context
  const holder = enrollingCaller(context, request.collection)
  const { collection, recordId, caller } = holder
  return {
    ...after(
      [
        stepUpGuard({ collection, caller, now, secondFactor: 'always' }),
        ...replaceRecoveryCodes(holder, await hashesOf(collection.id, recordId, codes), now),
        ...mailOwner(context, request, holder, 'recoveryReplaced'),
      ],
      constant(undefined),
    ),
    errorFor: (failure) =>
      stepUpError(failure, collection) ?? new Error('Undone batch', { cause: failure }),
  }
}
