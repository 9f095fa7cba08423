import type { MiddlewareHandler } from 'hono'
import type { AreteEnv } from './arete-env.ts'
import { isAccountOf } from './request-caller.ts'
import { requestState } from './request-state.ts'

/** Options of `requireAuth`. */
export interface RequireAuthOptions {
  /**
   * True to confirm the token with the first call of `arete.caller.records`, which saves a trip. The
   * answer is refused if the handler makes no such call.
   */
  readonly later?: boolean
}

/**
 * Lets only accounts in: any, or the accounts of some collections. Database: 1 batch, none with `later`.
 */
export function requireAuth(
  ...args: readonly string[] | readonly [...string[], RequireAuthOptions]
): MiddlewareHandler<AreteEnv> {
  const collections: string[] = []
  let later = false
  for (const arg of args) {
    if (typeof arg === 'string') collections.push(arg)
    else later = arg.later === true
  }
  const check = isAccountOf(collections)
  return async (c, next) => {
    const { caller, catalogs } = requestState(c)
    if (!later) {
      await caller.require(check)
      return next()
    }
    await caller.requireLater(check, catalogs)
    await next()
    if (!caller.isConfirmed && c.error === undefined) {
      if (caller.refusal !== undefined) throw caller.refusal
      throw new Error('A route with requireAuth({ later: true }) has to use arete.caller.records.')
    }
    return undefined
  }
}

/** Lets only superusers in. Database: 1 batch. */
export function requireSuperuser(): MiddlewareHandler<AreteEnv> {
  return requireAuth('_superusers')
}
