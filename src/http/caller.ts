import type { ErrorSpec } from '#kernel/errors.ts'
import type { SessionFacts } from './session-facts.ts'

/** The data of a session's KV entry that the database must confirm. */
export interface SessionClaim {
  /** The account's token key when the session began; a changed one ends the session. */
  readonly tokenKey: string
}

/**
 * The identity a request claims with a token whose signature and expiry are valid. The batch of the
 * request confirms the session, the account and its token key.
 */
export interface Caller {
  readonly collectionId: string
  readonly collectionName: string
  readonly recordId: string
  readonly sessionId: string
  /** The time at which every token of the session has expired, renewed ones included. */
  readonly expiresAt: Date
  readonly isSuperuser: boolean
  /** False for impersonation tokens, which are not renewed. */
  readonly isRefreshable: boolean
  readonly facts: SessionFacts
  /** The token as sent, without its scheme. */
  readonly token: string
  /** The error of every request of this caller, once the caller is confirmed. */
  readonly denial: ErrorSpec | undefined
  /**
   * The session in KV; undefined if it has ended or never existed. At most one KV read per request.
   *
   * @throws {ApiError} `unavailable`
   */
  session(): Promise<SessionClaim | undefined>
}
