/** Where the SMTP servers of a test run are. */
export interface SmtpSetup {
  readonly ports: {
    /** No TLS, nobody has to sign in. */
    readonly plain: number
    /** No TLS, signing in by LOGIN alone. */
    readonly login: number
    /** TLS after STARTTLS, signing in required. */
    readonly startTls: number
    /** TLS from the first byte, signing in required. */
    readonly tls: number
    /** TLS with a certificate that nobody trusts. */
    readonly untrusted: number
  }
  /** Answers GET with the mails that arrived, as JSON; DELETE forgets them. */
  readonly reports: string
}

/** A mail that arrived. */
export interface ArrivedMail {
  /** What the client called itself. */
  readonly localName: string
  /** How somebody signed in, and whether that was encrypted; undefined when nobody did. */
  readonly login: string | undefined
  readonly isEncrypted: boolean
  readonly from: string
  readonly to: readonly string[]
  /** Headers and body, dots unstuffed. */
  readonly message: string
}

/** Who may sign in to the servers. */
export const smtpLogin = { username: 'mailer', password: 'pässwörd "1"' }

declare module 'vitest' {
  interface ProvidedContext {
    smtp: SmtpSetup
  }
}
