import type { SQL } from 'drizzle-orm'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Caller } from '#http/caller.ts'
import { levelOf } from '#http/session-facts.ts'
import { ApiError } from '#kernel/errors.ts'
import type { PasswordHasher } from '#platform/password-hasher.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { authErrors } from '#auth/errors.ts'
import type { WithForm } from '#auth/form-request.ts'
import { requireAuth, requireCallerOf, requireCollection } from '#auth/guards.ts'
import type { RenewalPorts } from '#auth/sessions/renew-token.ts'
import type { AuthRequest } from './auth-response.ts'
import type { FactorPorts } from './with-totp.ts'

/** The body of a step-up. Each method reads the fields it needs. */
export const stepUpForm = lazy(() =>
  z.object({
    method: z.string().default(''),
    password: z.string().default(''),
    code: z.string().default(''),
    otpId: z.string().default(''),
    provider: z.string().default(''),
    codeVerifier: z.string().default(''),
    redirectURL: z.string().default(''),
    nonce: z.string().default(''),
  }),
)

/** The parsed body of a step-up. */
export type StepUpForm = z.output<ReturnType<typeof stepUpForm>>

/** Dependencies of a step-up. */
export type StepUpPorts = FactorPorts & RenewalPorts & { readonly passwords: PasswordHasher }

/** A request of a caller to prove their identity again. */
export type StepUpRequest = AuthRequest & WithForm<StepUpForm>

/** The account that proves its identity. */
export interface Prover {
  readonly collection: AuthCollection
  readonly caller: Caller
}

/** A method of proving, one batch before the one that accepts the proof. */
export type ProveAgain = (
  ports: StepUpPorts,
  request: StepUpRequest,
  form: StepUpForm,
) => Promise<(context: PlanContext, prover: Prover) => AcceptedProof | Promise<AcceptedProof>>

/** A proof that was right when it was checked. */
export interface AcceptedProof {
  /** True if it is still valid when the batch runs. */
  readonly holds: SQL
  /** The statements that use it up. */
  readonly effects: readonly SQL[]
}

/** The tags of a step-up for limits. */
export const stepUpTags = ['stepUp', 'auth']

/**
 * The caller who proves their identity. An impersonated session cannot: who acts in it is another
 * person.
 *
 * @throws {ApiError} `collectionMissing`, `authCollectionMissing`, `recordTokenRequired`,
 *   `otherCollectionRequired`, `stepUpMethodUnavailable`
 */
export function requireProver(context: PlanContext, request: AuthRequest): Prover {
  const named = requireCollection(context, request.collection)
  const caller = requireCallerOf(context, named)
  const collection = requireAuth(named)
  if (levelOf(caller.facts) === 0) throw new ApiError(authErrors.stepUpMethodUnavailable)
  return { collection, caller }
}
