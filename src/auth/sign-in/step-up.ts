/*
 * Proving one's identity again, in the same session. The session's new token says when and how.
 * Nothing else does: renewing a token copies what the old one says.
 */
import type { PlanContext } from '#catalog/plan-context.ts'
import { abortUnless } from '#database/abort.ts'
import { after, all, map, type Plan } from '#database/query.ts'
import { provenAgain } from '#http/session-facts.ts'
import { ApiError } from '#kernel/errors.ts'
import type { RecordJson } from '#records/read/record-shape.ts'
import { selectRecord } from '#records/read/view-record.ts'
import { requestInfoAs } from '#records/request-info.ts'
import { isSecondProof } from '#records/step-up.ts'
import { authErrors } from '#auth/errors.ts'
import { renewToken } from '#auth/sessions/renew-token.ts'
import { selectAccount } from '#auth/store.ts'
import type { AuthAnswer } from './auth-response.ts'
import { proveByOAuth2, proveByOtp, proveByPassword } from './prove-again.ts'
import { proveByRecoveryCode, proveByTotp } from './prove-again-by-factor.ts'
import {
  type ProveAgain,
  type Prover,
  requireProver,
  type StepUpPorts,
  type StepUpRequest,
  stepUpTags,
} from './step-up-request.ts'

const methods: ReadonlyMap<string, ProveAgain> = new Map<string, ProveAgain>([
  ['password', proveByPassword],
  ['otp', proveByOtp],
  ['oauth2', proveByOAuth2],
  ['totp', proveByTotp],
  ['recovery', proveByRecoveryCode],
])

const unproved = 'step-up:unproved'

/**
 * Proves the caller's identity again and returns a new token of the same session. Older tokens of
 * the session stay valid, and as old as they are.
 *
 * Database: 2 batches. KV: 1 read, at most 1 write.
 *
 * @throws {ApiError} `collectionMissing`, `authCollectionMissing`, `recordTokenRequired`,
 *   `otherCollectionRequired`, `stepUpMethodUnavailable`, `loadingFailed`, `validationFailed`,
 *   `tooManyRequests`, `authenticationFailed`, `unavailable`
 */
export async function stepUp(ports: StepUpPorts, request: StepUpRequest): Promise<AuthAnswer> {
  const form = await request.form()
  const prove = methods.get(form.method)
  // An unknown method is refused after the caller is confirmed, like one that is not available.
  const accept = await (prove ?? refuseMethod)(ports, request, form)
  const proved = await ports.transactor.write(
    async (context) => await planAcceptance(context, request, accept),
  )
  ports.mail.deliver()
  const { collection, caller, record, tokenKey, now } = proved
  const isSecond = isSecondProof(collection, caller, form.method)
  const facts = provenAgain(caller.facts, form.method, { now, isSecond })
  return { record, token: await renewToken(ports, { collection, caller, tokenKey, facts, now }) }
}

const refuseMethod: ProveAgain = async ({ transactor, rateLimiter }, request) => {
  await transactor.write(async (context) => {
    const { collection } = requireProver(context, request)
    return await rateLimiter.attempt(context, { collection, tags: stepUpTags }, () => {
      throw new ApiError(authErrors.stepUpMethodUnavailable)
    })
  })
  throw new ApiError(authErrors.stepUpMethodUnavailable)
}

interface Proved extends Prover {
  readonly record: RecordJson
  readonly tokenKey: string
  readonly now: Date
}

async function planAcceptance(
  context: PlanContext,
  request: StepUpRequest,
  accept: Awaited<ReturnType<ProveAgain>>,
): Promise<Plan<Proved>> {
  const prover = requireProver(context, request)
  const { collection, caller } = prover
  const { holds, effects } = await accept(context, prover)
  const viewer = requestInfoAs(collection, caller.recordId, request.info)
  const found = all({
    account: selectAccount(collection, caller.recordId, context.now),
    record: selectRecord(
      context,
      viewer,
      collection,
      caller.recordId,
      request.info.query['expand'],
    ),
  })
  return {
    ...map(after([abortUnless(holds, unproved), ...effects], found), ({ account, record }) => {
      if (account === undefined || record === undefined) {
        throw new ApiError(authErrors.authenticationFailed)
      }
      return { ...prover, record, tokenKey: account.tokenKey, now: context.now }
    }),
    errorFor: (failure) =>
      failure.kind === 'aborted' && failure.message === unproved
        ? new ApiError(authErrors.authenticationFailed)
        : new Error('Undone batch', { cause: failure }),
  }
}
