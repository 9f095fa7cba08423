import { sql } from 'drizzle-orm'
import type { PlanContext } from '#catalog/plan-context.ts'
import { after, constant, map } from '#database/query.ts'
import {
  acceptsCodes,
  countTry,
  forgiveTries,
  isCodeUnused,
  isRecoveryCode,
  isTry,
  selectTotps,
  suspiciousFailures,
  useCode,
} from '#database/second-factors.ts'
import { keepSession } from '#database/session-overrides.ts'
import { assertValid, firstIssue, issuesOf, length, required } from '#go-compat/validation-rules.ts'
import { ApiError } from '#kernel/errors.ts'
import { newTokenKey } from '#kernel/random.ts'
import { authErrors } from '#auth/errors.ts'
import { enteredCode } from '#auth/factors/enter-code.ts'
import { factorBucket, forgetTries } from '#auth/factors/factor-limits.ts'
import { mailOwner } from '#auth/account-mail/owner-mail.ts'
import { recoveryHash } from '#auth/factors/recovery-code.ts'
import { suspendAtLast } from '#auth/factors/suspend.ts'
import { replaceTokenKey } from '#auth/store.ts'
import { type ProveAgain, requireProver, type Prover, stepUpTags } from './step-up-request.ts'
import type { StepUpRequest } from './step-up-request.ts'
import { spendRecoveryCode } from './with-recovery-code.ts'

function requireFactors(context: PlanContext, request: StepUpRequest): Prover {
  const prover = requireProver(context, request)
  const { enabled } = prover.collection.auth.security.totp
  if (!enabled) throw new ApiError(authErrors.stepUpMethodUnavailable)
  return prover
}

/**
 * Proves the caller's identity by a code of an authenticator. Tries are counted like those at
 * sign-in, together with them.
 */
export const proveByTotp: ProveAgain = async (ports, request, { code }) => {
  const { transactor, rateLimiter, keys, mail } = ports
  const attempt = await transactor.write(async (context) => {
    const { now } = context
    const { collection, caller } = requireFactors(context, request)
    return await rateLimiter.attempt(context, { collection, tags: stepUpTags }, () => {
      assertValid(issuesOf({ code: firstIssue(code, required, length(1, 71)) }))
      const owner = { collection, recordId: caller.recordId }
      const counting = [
        countTry(owner),
        ...mailOwner(context, request, owner, 'guessed', {
          when: isTry(owner, suspiciousFailures),
        }),
      ]
      const found = after(counting, selectTotps(owner, now, acceptsCodes))
      const plan = map(found, (totps) => ({ ...owner, totps, code, now }))
      return { plan, accountKey: sql`(${factorBucket(owner)})` }
    })
  })
  mail.deliver()
  const entered = await enteredCode(keys, attempt, attempt.totps, attempt)
  if (entered === undefined) {
    await suspendAtLast(ports, request, attempt)
    throw new ApiError(authErrors.authenticationFailed)
  }
  return (context, { collection, caller }) => {
    const owner = { collection, recordId: caller.recordId }
    return {
      holds: isCodeUnused(owner, entered),
      effects: [...useCode(owner, entered, context.now), forgetTries(owner)],
    }
  }
}

/** Proves the caller's identity by a recovery code, with the effects it has at sign-in. */
export const proveByRecoveryCode: ProveAgain = async (ports, request, { code }) => {
  await ports.transactor.write(async (context) => {
    const { collection } = requireFactors(context, request)
    return await ports.rateLimiter.attempt(context, { collection, tags: stepUpTags }, () => {
      assertValid(issuesOf({ code: firstIssue(code, required, length(1, 71)) }))
      return { plan: constant(undefined) }
    })
  })
  return async (context, { collection, caller }) => {
    const owner = { collection, recordId: caller.recordId }
    const hash = await recoveryHash(collection.id, caller.recordId, code)
    const tokenKey = newTokenKey()
    return {
      holds: isRecoveryCode(owner, hash),
      effects: [
        ...spendRecoveryCode(owner, hash),
        forgiveTries(owner, sql`TRUE`),
        replaceTokenKey(collection, caller.recordId, tokenKey),
        keepSession(caller, tokenKey, sql`TRUE`),
        ...mailOwner(context, request, owner, 'recoveryUsed'),
      ],
    }
  }
}
