import { decodeJwt, errors, jwtVerify, SignJWT } from 'jose'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { Collection } from '#catalog/collection.ts'
import type { AuthOptions, TokenOptions } from '#catalog/definition.ts'
import type { SessionFacts } from '#http/session-facts.ts'
import { unixSeconds } from '#kernel/dates.ts'

/** A collection whose records can sign in. */
export type AuthCollection = Collection & { readonly auth: AuthOptions }

/** The claims of a session's token. */
export interface AuthClaims {
  readonly collectionId: string
  readonly recordId: string
  readonly sessionId: string
  /** False for impersonation tokens, which are not renewed. */
  readonly isRefreshable: boolean
  /** In whole seconds. */
  readonly expiresAt: Date
  readonly facts: SessionFacts
}

/** Signs and verifies the tokens of sessions. */
export interface AuthTokens {
  sign(collection: AuthCollection, claims: AuthClaims): Promise<string>
  /** The collection id in a token, not yet verified: it selects the key to verify the token with. */
  claimedCollection(token: string): string | undefined
  /** The claims of a valid token; undefined for any other string. */
  verify(collection: AuthCollection, token: string): Promise<AuthClaims | undefined>
}

/** The only accepted algorithm. A token cannot choose another, or none. */
const algorithm = 'HS256'

/**
 * PocketBase's claims, which the official clients read, the session's id, and its facts, which tokens
 * of earlier versions do not have.
 */
const payload = lazy(() =>
  z.object({
    act: z.object({ collectionId: z.string(), id: z.string() }).optional(),
    amr: z.array(z.string()).optional(),
    auth_time: z.int().optional(),
    collectionId: z.string(),
    exp: z.number(),
    id: z.string(),
    mfa_time: z.int().optional(),
    refreshable: z.boolean(),
    sid: z.string(),
    sst: z.int().optional(),
    type: z.literal('auth'),
  }),
)

/** Maximum verified tokens in the cache of a secret; the oldest are dropped first. */
const rememberedTokens = 1000

/** Cached data of a secret. It lives as long as its catalog. */
interface Keyring {
  readonly key: Promise<CryptoKey>
  /** The claims of verified tokens, since clients send the same one repeatedly. */
  readonly verified: Map<string, AuthClaims>
}

/**
 * Tokens are signed with the secret of the collection alone, so verifying one needs no database.
 * The batch checks the session and the account's token key.
 */
export function createAuthTokens(): AuthTokens {
  const keyrings = new WeakMap<TokenOptions, Keyring>()
  /** The collection ids of tokens that were verified once. Whether they are valid is asked each time. */
  const collectionIds = new Map<string, string>()

  function keyringOf({ auth: { authToken } }: AuthCollection): Keyring {
    const known = keyrings.get(authToken)
    if (known !== undefined) return known

    const keyring = { key: importKey(authToken.secret), verified: new Map<string, AuthClaims>() }
    keyrings.set(authToken, keyring)
    return keyring
  }

  return {
    async sign(collection, { collectionId, recordId, sessionId, isRefreshable, expiresAt, facts }) {
      const claims: z.input<ReturnType<typeof payload>> = {
        act: facts.actor,
        amr: [...facts.methods],
        auth_time: facts.authTime,
        collectionId,
        exp: unixSeconds(expiresAt),
        id: recordId,
        mfa_time: facts.mfaTime,
        refreshable: isRefreshable,
        sid: sessionId,
        sst: facts.startedAt,
        type: 'auth',
      }
      return await new SignJWT(claims)
        .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
        .sign(await keyringOf(collection).key)
    },

    claimedCollection: (token) => collectionIds.get(token) ?? claimedCollectionId(token),

    async verify(collection, token) {
      const { key, verified } = keyringOf(collection)
      const known = verified.get(token)
      if (known !== undefined) return known.expiresAt.getTime() > Date.now() ? known : undefined

      const claims = await verifiedPayload(token, await key)
      if (claims?.collectionId !== collection.id) return undefined
      const holding: AuthClaims = {
        collectionId: claims.collectionId,
        recordId: claims.id,
        sessionId: claims.sid,
        isRefreshable: claims.refreshable,
        expiresAt: new Date(claims.exp * 1000),
        facts: factsOf(claims),
      }
      remember(verified, token, holding)
      remember(collectionIds, token, holding.collectionId)
      return holding
    },
  }
}

function remember<T>(tokens: Map<string, T>, token: string, known: T): void {
  const [oldest] = tokens.keys()
  if (tokens.size >= rememberedTokens && oldest !== undefined) tokens.delete(oldest)
  tokens.set(token, known)
}

function factsOf(claims: z.output<ReturnType<typeof payload>>): SessionFacts {
  return {
    authTime: claims.auth_time,
    mfaTime: claims.mfa_time,
    methods: claims.amr ?? [],
    startedAt: claims.sst,
    // Earlier versions did not say who impersonates, but only such tokens are not renewed.
    actor: claims.act ?? (claims.refreshable ? undefined : { collectionId: '', id: '' }),
  }
}

function claimedCollectionId(token: string): string | undefined {
  try {
    return payload().safeParse(decodeJwt(token)).data?.collectionId
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}

async function verifiedPayload(
  token: string,
  key: CryptoKey,
): Promise<z.output<ReturnType<typeof payload>> | undefined> {
  try {
    const verified = await jwtVerify(token, key, { algorithms: [algorithm] })
    return payload().safeParse(verified.payload).data
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}

function importKey(secret: string): Promise<CryptoKey> {
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const bytes = new TextEncoder().encode(secret)
  return crypto.subtle.importKey('raw', bytes, hmac, false, ['sign', 'verify'])
}
