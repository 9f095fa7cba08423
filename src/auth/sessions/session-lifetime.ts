import type { AuthOptions } from '#catalog/definition.ts'
import { sessionExpiry } from './sessions.ts'

/** A session that began at a moment. */
interface Begun {
  readonly now: Date
  /** The beginning, in Unix seconds; undefined if it is unknown. */
  readonly startedAt: number | undefined
}

/**
 * The expiry of a token that is issued now: after the lifetime of a token, and at the latest at the
 * end of its session.
 */
export function tokenExpiry(options: AuthOptions, { now, startedAt }: Begun): Date {
  const expiry = sessionExpiry(now, options.authToken.duration)
  const end = endOf(options, startedAt)
  return end !== undefined && end < expiry ? end : expiry
}

/** True if a session has reached its maximum lifetime. */
export function isOverLifetime(options: AuthOptions, { now, startedAt }: Begun): boolean {
  const end = endOf(options, startedAt)
  return end !== undefined && end <= now
}

function endOf({ security }: AuthOptions, startedAt: number | undefined): Date | undefined {
  const { maxLifetime } = security.session
  if (maxLifetime === 0 || startedAt === undefined) return undefined
  return new Date((startedAt + maxLifetime) * 1000)
}
