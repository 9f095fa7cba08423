/** A sender or recipient; the name may be empty. */
export interface Mailbox {
  readonly name: string
  readonly address: string
}

/** A mail, ready to leave. */
export interface OutgoingMail {
  /** Also the local part of its Message-ID, and so the same however often it is tried. */
  readonly id: string
  readonly to: readonly Mailbox[]
  readonly from: Mailbox
  readonly subject: string
  readonly html: string
  readonly text: string
  /** The mail is of no use after this time, and is no longer sent. */
  readonly notAfter?: Date
}

/** A way for mails to leave. */
export interface Mailer {
  /**
   * Sends a mail. Returns once the next server has accepted it.
   *
   * @throws {MailRefusedError} When a retry cannot succeed; any other error can be retried.
   */
  send(mail: OutgoingMail): Promise<void>
}

/** A mail that will never be taken: an address that does not exist, a sender who may not send. */
export class MailRefusedError extends Error {
  override readonly name = 'MailRefusedError'
}

/** An SMTP server, and who signs in to it. */
export interface SmtpServer {
  readonly host: string
  readonly port: number
  /** Empty to send without authentication. */
  readonly username: string
  readonly password: string
  /** `PLAIN`, `LOGIN`, or empty for whichever the server offers. */
  readonly authMethod: string
  /** TLS from the first byte; otherwise STARTTLS, where the server offers it. */
  readonly tls: boolean
  /** The name in EHLO; empty for a neutral one. */
  readonly localName: string
}

/** The ways a host has for mails to leave. */
export interface MailTransports {
  /** Through an SMTP server. Costs nothing until something is sent. */
  smtp(server: SmtpServer): Mailer
  /** Through the platform itself; undefined where that is not set up. */
  readonly platform: Mailer | undefined
}
