import { constant } from '#database/query.ts'
import * as z from 'zod'
import type { Transactor } from '#catalog/transact.ts'
import type { KeyValueStore } from '#platform/bindings.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import type { Settings } from '#settings/settings.ts'
import { rememberAppleName } from './apple-names.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** Hands what a provider sends back to the client that waits for it. */
    redirectReceivers: RedirectReceivers
  }
}

/** What a provider brings back a user with. */
export const redirectForm = z.object({
  /** Whoever waits for the user: the id of a realtime client. */
  state: z.string().default(''),
  code: z.string().default(''),
  error: z.string().default(''),
  /** From Apple alone, and once: the user's name. */
  user: z.string().default(''),
})

type RedirectForm = z.output<typeof redirectForm>

/** What is passed on to who waits, keys in the order they are sent in. */
export interface RedirectMessage {
  readonly state: string
  readonly code: string
  readonly error?: string
}

/** Those who have sent a user to a provider and wait for what comes back. */
export interface RedirectReceivers {
  /**
   * Passes a message on to whoever waits under its state, once: the next one finds nobody. False
   * when nobody waits there, or when the one who waits is known to be at another address.
   */
  deliver(message: RedirectMessage, clientIp: string): Promise<boolean>
}

/** Where nobody can wait. */
export const noReceivers: RedirectReceivers = { deliver: async () => false }

/** A user who comes back from a provider. */
export interface RedirectRequest {
  form(): Promise<RedirectForm>
  clientIp(settings: Settings): string
}

interface Ports {
  readonly transactor: Transactor
  readonly rateLimiter: RateLimiter
  readonly redirectReceivers: RedirectReceivers
  readonly sessions: KeyValueStore
}

/**
 * Hands what a provider answered to the client that waits for it, and says whether the sign-in can
 * go on there. Nobody signs in here: the code is worth nothing without the client's verifier.
 *
 * Database: 1 batch. KV: at most 1 write.
 */
export async function receiveRedirect(ports: Ports, request: RedirectRequest): Promise<boolean> {
  const { transactor, rateLimiter, redirectReceivers, sessions } = ports
  const ip = await transactor.read((scope) => {
    rateLimiter.count(scope)
    return constant(request.clientIp(scope.catalog.settings))
  })
  const { state, code, error, user } = await request.form()
  if (state === '') return false

  const message = { state, code, ...(error === '' ? {} : { error }) }
  const isReceived = await redirectReceivers.deliver(message, ip)
  const isUsable = isReceived && error === '' && code !== ''
  if (isUsable && user !== '') await rememberAppleName(sessions, code, user, new Date())
  return isUsable
}
