/** The ports of the SMTP servers of a test run. */
export interface SmtpSetup {
  readonly ports: {
    /** No TLS, no authentication. */
    readonly plain: number
    /** No TLS, authentication with LOGIN only. */
    readonly login: number
    /** TLS after STARTTLS, authentication required. */
    readonly startTls: number
    /** TLS from the first byte, authentication required. */
    readonly tls: number
    /** TLS with an untrusted certificate. */
    readonly untrusted: number
  }
  /** GET returns the received mails as JSON; DELETE clears them. */
  readonly reports: string
}

/** A received mail. */
export interface ArrivedMail {
  /** The name in EHLO. */
  readonly localName: string
  /** The authentication method and whether it was encrypted; undefined without authentication. */
  readonly login: string | undefined
  readonly isEncrypted: boolean
  readonly from: string
  readonly to: readonly string[]
  /** Headers and body, without dot-stuffing. */
  readonly message: string
}

/** The credentials of the servers. */
export const smtpLogin = { username: 'mailer', password: 'pässwörd "1"' }

declare module 'vitest' {
  interface ProvidedContext {
    smtp: SmtpSetup
  }
}
