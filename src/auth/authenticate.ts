import type { MiddlewareHandler } from 'hono'
import type { Catalog } from '#catalog/catalog.ts'
import { isSuperusers } from '#catalog/system-collections.ts'
import type { ResolveCaller } from '#catalog/transact.ts'
import type { AppEnv } from '#http/app-env.ts'
import type { Caller } from '#http/caller.ts'
import { clientIp } from '#http/network/client-ip.ts'
import { type AuthTokens, claimedCollectionId } from './auth-token.ts'
import { isAuthCollection } from './guards.ts'
import { RequestSession } from '#auth/sessions/request-session.ts'
import { addressDenial } from './superuser-addresses.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** Resolves the caller under a catalog. */
    resolveCaller: ResolveCaller
    /** The session of the request's token. */
    session: RequestSession
    authTokens: AuthTokens
  }
}

/**
 * Resolves the caller from the token in `Authorization`, with or without `Bearer`. An invalid token
 * makes the caller a guest, whatever the reason.
 *
 * Nothing is read before the request's plan needs it. KV: 1 read for a valid token and, at most
 * once an hour, 1 write after the response.
 */
export function authenticate(tokens: AuthTokens): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const token = tokenOf(c.req.header('Authorization'))
    const session = new RequestSession(c.var.sessions)
    c.set('authTokens', tokens)
    c.set('session', session)
    c.set('resolveCaller', async (catalog) => {
      if (token === undefined) return undefined
      return await callerOf(token, catalog, tokens, session, clientIp(c, catalog.settings))
    })

    await next()
    if (token !== undefined) c.var.background.run(session.touch(new Date()))
  }
}

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
  ip: string,
): Promise<Caller | undefined> {
  const id = claimedCollectionId(token)
  const collection = id === undefined ? undefined : collections.find(id)
  if (collection === undefined || !isAuthCollection(collection)) return undefined

  const claims = await tokens.verify(collection, token)
  if (claims === undefined) return undefined

  const newestExpiry = Date.now() + collection.auth.authToken.duration * 1000
  return {
    collectionId: collection.id,
    collectionName: collection.name,
    recordId: claims.recordId,
    sessionId: claims.sessionId,
    expiresAt: new Date(Math.max(claims.expiresAt.getTime(), newestExpiry)),
    isSuperuser: isSuperusers(collection),
    isRefreshable: claims.isRefreshable,
    token,
    denial: addressDenial(settings, collection, ip),
    session: () => session.read(claims),
  }
}
