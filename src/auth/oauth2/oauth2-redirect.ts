import { constant } from '#database/query.ts'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { Transactor } from '#catalog/transact.ts'
import type { KeyValueStore } from '#platform/bindings.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import type { Settings } from '#settings/settings.ts'
import { rememberAppleName } from './apple-names.ts'

declare module '#http/app-env.ts' {
  interface RequestServices {
    /** Sends a provider's redirect to the client that waits for it. */
    readonly redirectReceivers: RedirectReceivers
  }
}

/** The parameters of a provider's redirect. */
export const redirectForm = lazy(() =>
  z.object({
    /** Identifies the waiting client: the id of a realtime client. */
    state: z.string().default(''),
    code: z.string().default(''),
    error: z.string().default(''),
    /** The user's name, from Apple only, and only once. */
    user: z.string().default(''),
  }),
)

type RedirectForm = z.output<ReturnType<typeof redirectForm>>

/** The message for the waiting client, with keys in order. */
export interface RedirectMessage {
  readonly state: string
  readonly code: string
  readonly error?: string
}

/** Clients that have sent a user to a provider and wait for the redirect. */
export interface RedirectReceivers {
  /**
   * Delivers a message to the client that waits under its state, once. Returns false if no client
   * waits there, or if it is known to be at another address.
   */
  deliver(message: RedirectMessage, clientIp: string): Promise<boolean>
}

/** For hosts without realtime. */
export const noReceivers: RedirectReceivers = { deliver: async () => false }

/** A user who returns from a provider. */
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
 * Delivers a provider's redirect to the waiting client, and returns whether the sign-in can
 * continue there. It signs no user in: the code is useless without the client's verifier.
 *
 * Database: 1 batch. KV: at most 1 write.
 */
export async function receiveRedirect(ports: Ports, request: RedirectRequest): Promise<boolean> {
  const { transactor, rateLimiter, redirectReceivers, sessions } = ports
  const ip = await transactor.read((context) => {
    rateLimiter.count(context)
    return constant(request.clientIp(context.catalog.settings))
  })
  const { state, code, error, user } = await request.form()
  if (state === '') return false

  const message = { state, code, ...(error === '' ? {} : { error }) }
  const isReceived = await redirectReceivers.deliver(message, ip)
  const isUsable = isReceived && error === '' && code !== ''
  if (isUsable && user !== '') await rememberAppleName(sessions, code, user, new Date())
  return isUsable
}
