import type { ErrorSpec } from '#kernel/errors.ts'

/** What a session's KV entry says that the database must agree with. */
export interface SessionClaim {
  /** The account's token key when the session began; a changed one ends the session. */
  readonly tokenKey: string
}

/**
 * Who a request says it comes from: a token whose signature and expiry hold. That the session, the
 * account and its token key still stand is known only after the batch that carries the question.
 */
export interface Caller {
  readonly collectionId: string
  readonly collectionName: string
  readonly recordId: string
  readonly sessionId: string
  /** The moment by which every token of the session, renewed ones included, has expired. */
  readonly expiresAt: Date
  readonly isSuperuser: boolean
  /** False for impersonation tokens, which are not renewed. */
  readonly isRefreshable: boolean
  /** The token as sent, without its scheme. */
  readonly token: string
  /** What every request of this caller is refused with, once the caller is confirmed. */
  readonly denial: ErrorSpec | undefined
  /**
   * The session in KV; undefined when it has ended or never was. One KV read a request, however
   * often it is asked.
   *
   * @throws {ApiError} `unavailable`
   */
  session(): Promise<SessionClaim | undefined>
}
