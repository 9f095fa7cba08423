import * as z from 'zod'
import type { Plan, Scope, Transactor } from '#collections/transact.ts'
import { removeExpiredOverrides } from '#database/session-overrides.ts'
import { ApiError, type ErrorSpec } from '#kernel/errors.ts'
import { isEmail } from '#kernel/formats.ts'
import {
  assertFaultless,
  faults,
  firstFault,
  length,
  oneOf,
  required,
} from '#kernel/validation-rules.ts'
import type { KeyValueStore } from '#platform/bindings.ts'
import type { PasswordHasher } from '#platform/password-hasher.ts'
import type { RecordJson } from '#records/record-shape.ts'
import { selectRecord } from '#records/view-record.ts'
import { recordAsViewer } from '#records/viewer.ts'
import type { AccountTarget, RateLimiter } from '#settings/rate-limits.ts'
import { admits, type AuthAnswer, type AuthRequest } from './auth-answer.ts'
import type { AuthCollection, AuthTokens } from './auth-token.ts'
import { authErrors } from './errors.ts'
import { requireAuth, requireCollection } from './guards.ts'
import { openSession } from './open-session.ts'
import {
  type Account,
  accountOf,
  confirmTokenKey,
  idByIdentity,
  selectAccount,
  upgradeHash,
} from './store.ts'
import { addressDenial } from './superuser-addresses.ts'

/** What a client sends to sign in. */
export const passwordForm = z.object({
  identity: z.string().default(''),
  password: z.string().default(''),
  identityField: z.string().default(''),
})

type PasswordForm = z.output<typeof passwordForm>

interface Ports {
  readonly transactor: Transactor
  readonly rateLimiter: RateLimiter
  readonly passwords: PasswordHasher
  readonly sessions: KeyValueStore
  readonly tokens: AuthTokens
}

/** A request to sign in. */
export interface PasswordRequest extends AuthRequest {
  /** Reads the body. May be asked again. */
  form(): Promise<PasswordForm>
}

/** The account a form names, if there is one, and what it is refused with once its password is right. */
interface Candidate {
  readonly form: PasswordForm
  readonly account: Account | undefined
  readonly denial: ErrorSpec | undefined
}

/**
 * Signs in with a password.
 *
 * A password is always hashed, also for an account that does not exist, and both are refused in the
 * same words: neither answer nor time tells who has an account. (Accounts that came with a bcrypt
 * hash take that algorithm's time until their next sign-in, which replaces the hash.)
 *
 * Database: 2 batches. KV: 1 write.
 *
 * @throws {ApiError} `collectionMissing`, `authCollectionMissing`, `passwordAuthDisabled`,
 *   `loadingFailed`, `validationFailed`, `tooManyRequests`, `authenticationFailed`, `forbidden`,
 *   `authRuleUnsatisfied`
 */
export async function signInWithPassword(
  ports: Ports,
  request: PasswordRequest,
): Promise<AuthAnswer> {
  const { transactor, passwords, rateLimiter } = ports
  const { form, account, denial } = await transactor.write((scope) =>
    planAttempt(scope, request, rateLimiter),
  )
  const isRight = await passwords.verify(account?.passwordHash, form.password)
  if (account === undefined || !isRight) throw new ApiError(authErrors.authenticationFailed)
  if (denial !== undefined) throw new ApiError(denial)
  if (!account.isAdmitted) throw new ApiError(authErrors.authRuleUnsatisfied)

  const stronger = passwords.needsUpgrade(account.passwordHash)
    ? await passwords.hash(form.password)
    : undefined
  const admitted = await transactor.write((scope) =>
    planAdmission(scope, request, { account, identity: form.identity, stronger }, rateLimiter),
  )
  const token = await openSession(ports, {
    ...admitted,
    recordId: account.id,
    tokenKey: account.tokenKey,
    origin: request.origin,
    isRefreshable: true,
    lifetimeSeconds: admitted.collection.auth.authToken.duration,
  })
  return { record: admitted.record, token }
}

async function planAttempt(
  scope: Scope,
  request: PasswordRequest,
  rateLimiter: RateLimiter,
): Promise<Plan<Candidate>> {
  const collection = requireAuth(requireCollection(scope, request.collection))
  if (!collection.auth.passwordAuth.enabled) throw new ApiError(authErrors.passwordAuthDisabled)

  const form = await request.form()
  const plan = planLookup(scope, request, collection, form)
  return await rateLimiter.attempt(scope, passwordTarget(collection, form.identity), plan)
}

/** What a password is counted by: the identity as it is typed in, whether there is such an account or not. */
function passwordTarget(collection: AuthCollection, identity: string): AccountTarget {
  return { collection, tags: ['authWithPassword', 'auth'], account: identity }
}

function planLookup(
  scope: Scope,
  request: PasswordRequest,
  collection: AuthCollection,
  form: PasswordForm,
): Plan<Candidate> {
  assertFaultless(
    faults({
      identity: firstFault(form.identity, required, length(1, 255)),
      password: firstFault(form.password, required, length(1, 255)),
      identityField: oneOf(...collection.auth.passwordAuth.identityFields)(form.identityField),
    }),
  )
  const id = idByIdentity(collection, fieldsToTry(form, collection), form.identity)
  const select = selectAccount(collection, id, admits(scope, request.facts, collection))
  const { settings } = scope.catalog
  const denial = addressDenial(settings, collection, request.clientIp(settings))
  return {
    statements: [select],
    answer: ([rows = []]) => ({ form, account: accountOf(rows), denial }),
  }
}

/** What the second batch gives: the account as it is answered, and what its session needs. */
interface Admission {
  readonly collection: AuthCollection
  readonly record: RecordJson
  readonly now: Date
}

/** An account whose password was right. */
interface Proven {
  readonly account: Account
  /** What the client called it. */
  readonly identity: string
  /** A better hash of the same password, if the stored one is weak. */
  readonly stronger: string | undefined
}

/** The account is read as it is answered, unless its password has changed meanwhile. */
async function planAdmission(
  scope: Scope,
  { collection: idOrName, facts }: PasswordRequest,
  { account, identity, stronger }: Proven,
  rateLimiter: RateLimiter,
): Promise<Plan<Admission>> {
  const collection = requireAuth(requireCollection(scope, idOrName))
  const viewer = recordAsViewer(collection, account.id, facts)
  const select = selectRecord(scope, viewer, collection, account.id, facts.query['expand'])
  return {
    statements: [
      confirmTokenKey(collection, account),
      select.statement,
      removeExpiredOverrides(scope.now),
      ...(await rateLimiter.succeed(scope, passwordTarget(collection, identity), [account.id])),
      ...(stronger === undefined ? [] : [upgradeHash(collection, account, stronger)]),
    ],
    answer: ([confirmed = [], rows = []]) => {
      const [record] = select.read(rows)
      if (confirmed.length === 0 || record === undefined) {
        throw new ApiError(authErrors.authenticationFailed)
      }
      return { collection, record, now: scope.now }
    },
  }
}

/** The fields to look the identity up in: the address comes first, if the identity can be one. */
function fieldsToTry(
  { identity, identityField }: PasswordForm,
  { auth }: AuthCollection,
): string[] {
  if (identityField !== '') return [identityField]
  const { identityFields } = auth.passwordAuth
  const address = identityFields.includes('email') && isEmail(identity) ? ['email'] : []
  return [...address, ...identityFields.filter((field) => field !== 'email')]
}
