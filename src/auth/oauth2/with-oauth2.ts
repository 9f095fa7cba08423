import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { ProviderOptions } from '#catalog/definition.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { constant, type Plan } from '#database/query.ts'
import { formatDate } from '#kernel/dates.ts'
import { ApiError, commonErrors, type ErrorSpec, type FieldIssue } from '#kernel/errors.ts'
import { assertValid, issuesOf, firstIssue, length, required } from '#go-compat/validation-rules.ts'
import type { Field } from '#fields/definition/field-type.ts'
import type { Upload } from '#http/body/upload.ts'
import type { KeyValueStore } from '#platform/bindings.ts'
import type { Passwords } from '#platform/passwords.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import { appleNameOf } from './apple-names.ts'
import type { WithForm } from '#auth/form-request.ts'
import type { AuthAnswer, MfaChallenge, SignInRequest } from '#auth/sign-in/auth-response.ts'
import type { AuthCollection } from '#auth/auth-token.ts'
import { fetchAvatar } from './avatar.ts'
import { completeSignIn, type SignInPorts } from '#auth/sign-in/complete-sign-in.ts'
import { avatarField } from './create-oauth2-account.ts'
import { authErrors } from '#auth/errors.ts'
import { type Lookup, planFindAccount } from './find-oauth2-account.ts'
import { requireAuth, requireCollection } from '#auth/guards.ts'
import { proveIdentity } from './resolve-oauth2-account.ts'
import { exchangeCode, type ProviderToken } from '#auth/oauth2/providers/exchange-code.ts'
import { configuredProvider, type Provider } from '#auth/oauth2/providers/provider.ts'
import { fetchProviderUser, type ProviderUser } from '#auth/oauth2/providers/provider-user.ts'
import { namedValues } from '#kernel/named-values.ts'
import { dictionary } from '#kernel/dictionary.ts'

/** The body to sign in with a provider. */
export const oauth2Form = lazy(() =>
  z.object({
    provider: z.string().default(''),
    code: z.string().default(''),
    codeVerifier: z.string().default(''),
    redirectURL: z.string().default(''),
    /** The name of `redirectURL` before PocketBase 0.23, which older clients send. */
    redirectUrl: z.string().default(''),
    /** The nonce the id_token must have. Ignored unless it is sent. */
    nonce: z.string().default(''),
    createData: namedValues(z.unknown()).default(() => dictionary()),
  }),
)

type OAuth2Form = z.output<ReturnType<typeof oauth2Form>>

/** Dependencies of signing in with a provider. */
export interface OAuth2Ports extends SignInPorts {
  readonly rateLimiter: RateLimiter
  readonly passwords: Passwords
}

/** A request to sign in with a provider. */
export type OAuth2Request = SignInRequest & WithForm<OAuth2Form>

/** The time limit for all requests to a provider. */
const gapTimeoutMilliseconds = 30_000

/** Maximum lookups of an account that changes meanwhile. */
const maxAttempts = 3

/**
 * Signs in with an OAuth2 or OpenID Connect provider: exchanges the code for a token and the token
 * for the user, and finds or creates the user's account.
 *
 * Database: 3 batches, two of them after the provider's response; 1 more for a new account with an
 * avatar, and 2 more if the account changes meanwhile. KV: 1 write.
 *
 * @throws {ApiError} `collectionMissing`, `authCollectionMissing`, `oauth2Disabled`,
 *   `loadingFailed`, `tooManyRequests`, `oauth2TokenFailed`, `oauth2UserFailed`,
 *   `authenticationFailed`, as the creation of a record, and as `completeSignIn`
 */
export async function signInWithOAuth2(
  ports: OAuth2Ports,
  request: OAuth2Request,
): Promise<AuthAnswer | MfaChallenge> {
  const { transactor, rateLimiter, sessions } = ports
  const { form, provider } = await transactor.write((context) =>
    planAttempt(context, request, rateLimiter),
  )
  return await signIn(ports, request, form, await identify(sessions, provider, form))
}

/** The fields of a form that a provider's user is proved by. */
export type ProviderCode = Pick<
  OAuth2Form,
  'provider' | 'code' | 'codeVerifier' | 'redirectURL' | 'redirectUrl' | 'nonce'
>

/**
 * The user that a provider's code stands for.
 *
 * @throws {ApiError} `oauth2TokenFailed`, `oauth2UserFailed`
 */
export async function identify(
  sessions: KeyValueStore,
  provider: Provider,
  form: ProviderCode,
): Promise<Answer> {
  const signal = AbortSignal.timeout(gapTimeoutMilliseconds)
  const redirectURL = form.redirectURL || form.redirectUrl
  const token = await exchangeCode(provider, { ...form, redirectURL }, signal).catch(
    refuse(provider, authErrors.oauth2TokenFailed),
  )
  const user = await fetchProviderUser(provider, token, form.nonce, signal).catch(
    refuse(provider, authErrors.oauth2UserFailed),
  )
  return { token, user: await withAppleName(sessions, user, form) }
}

/** The attempt is counted before any request to the provider. */
async function planAttempt(
  context: PlanContext,
  request: OAuth2Request,
  rateLimiter: RateLimiter,
): Promise<Plan<{ form: OAuth2Form; provider: Provider }>> {
  const named = requireCollection(context, request.collection)
  const target = { collection: named, tags: ['authWithOAuth2', 'auth'] }
  return await rateLimiter.attempt(context, target, async () => {
    const collection = requireEnabled(context, request)
    const form = await request.form()
    const { providers } = collection.auth.oauth2
    const provider = findProvider(providers, form.provider)
    assertValid(
      issuesOf({
        provider: firstIssue(form.provider, required, length(0, 100), () =>
          provider === undefined ? unknownProvider(form.provider) : undefined,
        ),
        code: required(form.code),
      }),
      commonErrors.loadingFailed,
    )
    if (provider === undefined) throw new ApiError(commonErrors.loadingFailed)
    return { plan: constant({ form, provider }) }
  })
}

function requireEnabled(
  context: PlanContext,
  { collection: idOrName }: OAuth2Request,
): AuthCollection {
  const collection = requireAuth(requireCollection(context, idOrName))
  if (!collection.auth.oauth2.enabled) throw new ApiError(authErrors.oauth2Disabled)
  return collection
}

/** The configured provider with a name; undefined if there is none. */
export function findProvider(
  configured: readonly ProviderOptions[],
  name: string,
): Provider | undefined {
  const options = configured.find((provider) => provider.name === name)
  return options && configuredProvider(options)
}

function unknownProvider(name: string): FieldIssue {
  return {
    code: 'validation_invalid_provider',
    message: `Provider with name ${name} is missing or is not enabled.`,
    params: { name },
  }
}

/**
 * Maps any failure of a provider. The client learns the step, and the log has the reason, but not
 * the provider's whole response, which may contain secrets.
 */
function refuse({ name }: Provider, refusal: ErrorSpec): (error: unknown) => never {
  return (error) => {
    const reason = error instanceof Error ? error.message : String(error)
    // oxlint-disable-next-line no-console -- the cause is in a superuser's settings, or elsewhere
    console.warn({ oauth2: refusal.message, provider: name, reason })
    throw new ApiError(refusal, { cause: error })
  }
}

async function withAppleName(
  kv: KeyValueStore,
  user: ProviderUser,
  { provider, code }: ProviderCode,
): Promise<ProviderUser> {
  if (provider !== 'apple' || user.name !== '') return user
  return { ...user, name: await appleNameOf(kv, code) }
}

/** The provider's response. */
export interface Answer {
  readonly token: ProviderToken
  readonly user: ProviderUser
}

async function signIn(
  ports: OAuth2Ports,
  request: OAuth2Request,
  form: OAuth2Form,
  { token, user }: Answer,
): Promise<AuthAnswer | MfaChallenge> {
  const identity = { provider: form.provider, user }
  let avatar: Upload | undefined
  let isAvatarFetched = false
  for (let attempts = 1; ; attempts++) {
    const { lookup, pictureField } = await ports.transactor.read((context) =>
      planLookup(requireEnabled(context, request), form, (collection) =>
        planFindAccount(context, collection, identity, request.info),
      ),
    )
    if (lookup.account === undefined && pictureField !== undefined && !isAvatarFetched) {
      avatar = await fetchAvatar(user.avatarURL, pictureField)
      isAvatarFetched = true
    }
    const claim = { ...identity, lookup, createData: form.createData, info: request.info, avatar }
    const meta = metaOf(token, user, lookup.account === undefined)
    try {
      return await completeSignIn(ports, request, async (context) => ({
        ...(await proveIdentity(
          { ...context, passwords: ports.passwords },
          requireEnabled(context, request),
          claim,
        )),
        meta,
      }))
    } catch (error) {
      if (attempts === maxAttempts || !isConflict(error)) throw error
    }
  }
}

/** The lookup of a user, and the avatar field of a new account. */
interface Found {
  readonly lookup: Lookup
  readonly pictureField: Field | undefined
}

function planLookup(
  collection: AuthCollection,
  { createData }: OAuth2Form,
  planFind: (collection: AuthCollection) => Plan<Lookup>,
): Plan<Found> {
  const find = planFind(collection)
  return {
    ...find,
    read: async (rows) => ({
      lookup: await find.read(rows),
      pictureField: avatarField(collection, createData),
    }),
  }
}

function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.code === authErrors.oauth2Overtaken.code
}

/** With keys in order. */
function metaOf(
  { accessToken, refreshToken, expiresAt }: ProviderToken,
  { avatarURL, email, id, name, rawUser, username }: ProviderUser,
  isNew: boolean,
): Record<string, unknown> {
  const expiry = expiresAt === undefined ? '' : formatDate(expiresAt)
  // Older clients read `avatarUrl`.
  const avatar = { avatarURL, avatarUrl: avatarURL }
  return { accessToken, ...avatar, email, expiry, id, isNew, name, rawUser, refreshToken, username }
}
