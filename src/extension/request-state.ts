/*
 * The parts of Arete that belong to one request. Applications see them as `c.var.arete`; the rest of
 * this folder finds them by that object.
 */
import type { Context } from 'hono'
import type { AppEnv } from '#http/app-env.ts'
import type { Arete } from './arete.ts'
import type { AreteEnv } from './arete-env.ts'
import { callerActor } from './caller-actor.ts'
import { type CoreParts, createCore, scopeOf } from './core.ts'
import { type CatalogSource, RequestCallerState } from './request-caller.ts'

/** The state behind `c.var.arete`. */
export interface RequestState {
  readonly caller: RequestCallerState
  readonly catalogs: CatalogSource
}

const states = new WeakMap<Arete, RequestState>()

/** Makes `c.var.arete` of a request. */
export function createArete(parts: CoreParts, c: Context<AppEnv>, catalogs: CatalogSource): Arete {
  const caller = new RequestCallerState(c)
  const services = c.get('services')
  const own = scopeOf(parts.tasks, () => callerActor(c, caller))
  const arete: Arete = {
    ...createCore(parts, () => services.deployment),
    caller: {
      ...own,
      get account() {
        return caller.account
      },
    },
  }
  states.set(arete, { caller, catalogs })
  return arete
}

/** The state of a request that runs behind Arete's middleware. */
export function requestState(c: Context<AreteEnv>): RequestState {
  const state = states.get(c.get('arete'))
  if (state === undefined) throw new Error('This middleware works only in the routes of defineApp.')
  return state
}
