import type { Context } from 'hono'
import type { Catalog } from '#catalog/catalog.ts'
import { isSuperusers } from '#catalog/system-collections.ts'
import type { ResolveCaller } from '#catalog/transact.ts'
import type { AppEnv } from '#http/app-env.ts'
import type { Caller } from '#http/caller.ts'
import { clientIp } from '#http/network/client-ip.ts'
import type { AuthTokens } from './auth-token.ts'
import { isAuthCollection } from './guards.ts'
import type { RequestSession } from '#auth/sessions/request-session.ts'
import { isOverLifetime } from '#auth/sessions/session-lifetime.ts'
import { addressDenial } from './superuser-addresses.ts'

declare module '#http/app-env.ts' {
  interface RequestServices {
    /** Resolves the caller under a catalog. */
    readonly resolveCaller: ResolveCaller
    /** The session of the request's token. */
    readonly session: RequestSession
    /** Signs and verifies the tokens of sessions. */
    readonly tokens: AuthTokens
  }
}

/**
 * Resolves the caller from the token in `Authorization`, with or without `Bearer`. An invalid token
 * makes the caller a guest, whatever the reason. KV: 1 read for a valid token.
 */
export function createCallerResolver(c: Context<AppEnv>): ResolveCaller {
  const token = tokenOf(c.req.header('Authorization'))
  if (token === undefined) return guest
  const services = c.get('services')
  return (catalog) =>
    callerOf(token, catalog, services.tokens, services.session, () => clientIp(c, catalog.settings))
}

const guest: ResolveCaller = () => Promise.resolve(undefined)

const scheme = /^bearer /i

function tokenOf(authorization: string | undefined): string | undefined {
  const token = authorization?.replace(scheme, '')
  return token === '' ? undefined : token
}

async function callerOf(
  token: string,
  { collections, settings }: Catalog,
  tokens: AuthTokens,
  session: RequestSession,
  ip: () => string,
): Promise<Caller | undefined> {
  const id = tokens.claimedCollection(token)
  const collection = id === undefined ? undefined : collections.find(id)
  if (collection === undefined || !isAuthCollection(collection)) return undefined

  const claims = await tokens.verify(collection, token)
  if (claims === undefined) return undefined

  // A token from before a shorter lifetime was set. Superusers set how long one impersonates.
  const { startedAt } = claims.facts
  const isOver = isOverLifetime(collection.auth, { now: new Date(), startedAt })
  if (claims.isRefreshable && isOver) return undefined

  const isSuperuser = isSuperusers(collection)
  const newestExpiry = Date.now() + collection.auth.authToken.duration * 1000
  return {
    collectionId: collection.id,
    collectionName: collection.name,
    recordId: claims.recordId,
    sessionId: claims.sessionId,
    expiresAt: new Date(Math.max(claims.expiresAt.getTime(), newestExpiry)),
    isSuperuser,
    isRefreshable: claims.isRefreshable,
    facts: claims.facts,
    token,
    denial: isSuperuser ? addressDenial(settings, collection, ip()) : undefined,
    session: () => session.read(claims),
  }
}
