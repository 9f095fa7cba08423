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
  readonly isSuperuser: boolean
  /** False for impersonation tokens, which are not renewed. */
  readonly isRefreshable: boolean
  /** The token as sent, without its scheme. */
  readonly token: string
  /** The session in KV; undefined when it has ended or never was. One KV read, started with the request. */
  session(): Promise<SessionClaim | undefined>
}
