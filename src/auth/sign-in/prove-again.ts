import { sql } from 'drizzle-orm'
import { after, constant, map } from '#database/query.ts'
import { assertValid, firstIssue, issuesOf, length, required } from '#go-compat/validation-rules.ts'
import { addressBlock } from '#go-compat/ip-address.ts'
import { ApiError } from '#kernel/errors.ts'
import { authErrors } from '#auth/errors.ts'
import { findProvider, identify } from '#auth/oauth2/with-oauth2.ts'
import { hasTokenKey, selectAccount } from '#auth/store.ts'
import { isCode } from './one-time-code.ts'
import { codeAttemptWait, countCodeAttempt, isUnused, removeCode, selectCode } from './otp-store.ts'
import { type ProveAgain, requireProver, stepUpTags } from './step-up-request.ts'

/** Proves the caller's identity by the password of the account. */
export const proveByPassword: ProveAgain = async (ports, request, { password }) => {
  const { transactor, rateLimiter, passwords } = ports
  const account = await transactor.write(async (context) => {
    const { collection, caller } = requireProver(context, request)
    return await rateLimiter.attempt(context, { collection, tags: stepUpTags }, () => {
      const { enabled } = collection.auth.passwordAuth
      if (!enabled) throw new ApiError(authErrors.stepUpMethodUnavailable)
      assertValid(issuesOf({ password: firstIssue(password, required, length(1, 255)) }))
      return {
        account: caller.recordId,
        plan: selectAccount(collection, caller.recordId, context.now),
      }
    })
  })
  const isRight = await passwords.verify(account?.passwordHash, password)
  if (account === undefined || !isRight) throw new ApiError(authErrors.authenticationFailed)
  return async (context, { collection, caller }) => {
    const target = { collection, tags: stepUpTags, account: caller.recordId }
    return {
      holds: sql`(${hasTokenKey(collection, account)} AND ${caller.recordId} = ${account.id})`,
      effects: await rateLimiter.succeed(context, target),
    }
  }
}

/** Proves the caller's identity by a code mailed to the account. */
export const proveByOtp: ProveAgain = async (ports, request, { otpId, password }) => {
  const { transactor, rateLimiter, passwords } = ports
  const { code, collection } = await transactor.write(async (context) => {
    const { now, catalog } = context
    const prover = requireProver(context, request)
    const target = { collection: prover.collection, tags: stepUpTags }
    return await rateLimiter.attempt(context, target, () => {
      if (!prover.collection.auth.otp.enabled) {
        throw new ApiError(authErrors.stepUpMethodUnavailable)
      }
      assertValid(
        issuesOf({
          otpId: firstIssue(otpId, required, length(1, 255)),
          password: firstIssue(password, required, length(1, 71)),
        }),
      )
      const network = addressBlock(request.clientIp(catalog.settings))
      const counting = countCodeAttempt(prover.collection, otpId, network, now)
      const found = map(selectCode(prover.collection, otpId, now), (stored) => ({
        // The code of another account proves nothing here.
        code: stored?.recordId === prover.caller.recordId ? stored : undefined,
        collection: prover.collection,
      }))
      const plan = {
        ...after(counting, found),
        errorFor: (failure: Parameters<typeof codeAttemptWait>[0]) => {
          const retryAfterSeconds = codeAttemptWait(failure, now)
          if (retryAfterSeconds === undefined) return new Error('Undone batch', { cause: failure })
          return new ApiError(authErrors.otpAttemptsExceeded, { retryAfterSeconds })
        },
      }
      return { account: otpId, plan }
    })
  })
  const isRight = await isCode(passwords, collection, { id: otpId, hash: code?.hash }, password)
  if (code === undefined || !isRight) throw new ApiError(authErrors.authenticationFailed)
  return async (context, prover) => {
    const target = { collection: prover.collection, tags: stepUpTags, account: otpId }
    return {
      holds: isUnused(prover.collection, code, context.now),
      effects: [...removeCode(code), ...(await rateLimiter.succeed(context, target))],
    }
  }
}

/** Proves the caller's identity by a provider's user that the account is linked to. */
export const proveByOAuth2: ProveAgain = async (ports, request, form) => {
  const { transactor, rateLimiter, sessions } = ports
  const provider = await transactor.write(async (context) => {
    const { collection } = requireProver(context, request)
    return await rateLimiter.attempt(context, { collection, tags: stepUpTags }, () => {
      const { enabled, providers } = collection.auth.oauth2
      const found = enabled ? findProvider(providers, form.provider) : undefined
      if (found === undefined) throw new ApiError(authErrors.stepUpMethodUnavailable)
      assertValid(issuesOf({ code: required(form.code) }))
      return { plan: constant(found) }
    })
  })
  const { user } = await identify(sessions, provider, { ...form, redirectUrl: '' })
  return (_, { collection, caller }) => ({
    holds: sql`EXISTS (SELECT 1 FROM "_externalAuths" WHERE "collectionRef" = ${collection.id}
      AND "recordRef" = ${caller.recordId} AND "provider" = ${form.provider}
      AND "providerId" = ${user.id} AND "providerId" != '')`,
    effects: [],
  })
}
