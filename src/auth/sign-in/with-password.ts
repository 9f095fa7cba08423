import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { all, constant, map, type Plan, rowsOf } from '#database/query.ts'
import { ApiError } from '#kernel/errors.ts'
import { isEmail } from '#go-compat/formats.ts'
import {
  assertValid,
  issuesOf,
  firstIssue,
  length,
  oneOf,
  required,
} from '#go-compat/validation-rules.ts'
import type { PasswordHasher } from '#platform/password-hasher.ts'
import type { AccountTarget, RateLimiter } from '#limits/rate-limits.ts'
import type { AuthAnswer, MfaChallenge, SignInRequest } from './auth-response.ts'
import type { WithForm } from '#auth/form-request.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { completeSignIn, type SignInPorts } from './complete-sign-in.ts'
import { authErrors } from '#auth/errors.ts'
import { requireAuth, requireCollection } from '#auth/guards.ts'
import { type Recipient, selectRecipient } from '#auth/account-mail/recipient.ts'
import { type Account, hasTokenKey, idByIdentity, selectAccount, upgradeHash } from '#auth/store.ts'

/** The body to sign in with a password. */
export const passwordForm = lazy(() =>
  z.object({
    identity: z.string().default(''),
    password: z.string().default(''),
    identityField: z.string().default(''),
  }),
)

type PasswordForm = z.output<ReturnType<typeof passwordForm>>

/** Dependencies of signing in with a password. */
export interface PasswordPorts extends SignInPorts {
  readonly rateLimiter: RateLimiter
  readonly passwords: PasswordHasher
}

/** A request to sign in. */
export type PasswordRequest = SignInRequest & WithForm<PasswordForm>

/** The account of a form, if it exists. */
interface Candidate {
  readonly form: PasswordForm
  readonly account: Account | undefined
  readonly addressee: Recipient | undefined
}

/**
 * Signs in with a password.
 *
 * A password is always hashed, even if the account does not exist, and both cases have the same
 * error. So neither response nor timing reveals who has an account. (Accounts with a bcrypt hash
 * take that algorithm's time until their next sign-in, which replaces the hash.)
 *
 * Database: 2 batches. KV: 1 write.
 *
 * @throws {ApiError} `collectionMissing`, `authCollectionMissing`, `passwordAuthDisabled`,
 *   `loadingFailed`, `validationFailed`, `tooManyRequests`, `authenticationFailed`, and as
 *   `completeSignIn`
 */
export async function signInWithPassword(
  ports: PasswordPorts,
  request: PasswordRequest,
): Promise<AuthAnswer | MfaChallenge> {
  const { transactor, passwords, rateLimiter } = ports
  const { form, account, addressee } = await transactor.write((context) =>
    planAttempt(context, request, rateLimiter),
  )
  const isRight = await passwords.verify(account?.passwordHash, form.password)
  if (account === undefined || !isRight) throw new ApiError(authErrors.authenticationFailed)

  const stronger = passwords.needsUpgrade(account.passwordHash)
    ? await passwords.hash(form.password)
    : undefined
  return await completeSignIn(ports, request, async (context) => {
    const collection = requireAuth(requireCollection(context, request.collection))
    const target = passwordTarget(collection, form.identity)
    return {
      collection,
      recordId: account.id,
      method: 'password',
      holds: hasTokenKey(collection, account),
      refusal: authErrors.authenticationFailed,
      effects: rowsOf([
        ...(await rateLimiter.succeed(context, target, [account.id])),
        ...(stronger === undefined ? [] : [upgradeHash(collection, account, stronger)]),
      ]),
      addressee,
    }
  })
}

async function planAttempt(
  context: PlanContext,
  request: PasswordRequest,
  rateLimiter: RateLimiter,
): Promise<Plan<Candidate>> {
  const named = requireCollection(context, request.collection)
  return await rateLimiter.attempt(context, { collection: named, tags: passwordTags }, async () => {
    const collection = requireAuth(named)
    if (!collection.auth.passwordAuth.enabled) throw new ApiError(authErrors.passwordAuthDisabled)
    const form = await request.form()
    return { account: form.identity, plan: planLookup(context, request, collection, form) }
  })
}

const passwordTags = ['authWithPassword', 'auth']

/** The target for limits: the identity as it was typed, whether the account exists or not. */
export function passwordTarget(collection: AuthCollection, identity: string): AccountTarget {
  return { collection, tags: passwordTags, account: identity }
}

function planLookup(
  context: PlanContext,
  request: PasswordRequest,
  collection: AuthCollection,
  form: PasswordForm,
): Plan<Candidate> {
  assertValid(
    issuesOf({
      identity: firstIssue(form.identity, required, length(1, 255)),
      password: firstIssue(form.password, required, length(1, 255)),
      identityField: oneOf(...collection.auth.passwordAuth.identityFields)(form.identityField),
    }),
  )
  const id = idByIdentity(collection, fieldsToTry(form, collection), form.identity)
  const isAlerted = collection.auth.authAlert.enabled
  const found = all({
    account: selectAccount(collection, id, context.now),
    addressee: isAlerted
      ? selectRecipient(context, request.info, collection, id)
      : constant(undefined),
  })
  return map(found, (result) => ({ form, ...result }))
}

/** The fields to look the identity up in. The email comes first if the identity can be one. */
function fieldsToTry(
  { identity, identityField }: PasswordForm,
  { auth }: AuthCollection,
): string[] {
  if (identityField !== '') return [identityField]
  const { identityFields } = auth.passwordAuth
  const address = identityFields.includes('email') && isEmail(identity) ? ['email'] : []
  return [...address, ...identityFields.filter((field) => field !== 'email')]
}
