/** A sender or recipient; the name may be empty. */
export interface Mailbox {
  readonly name: string
  readonly address: string
}

/** The reasons for mails. */
export const mailKinds = [
  'verification',
  'passwordReset',
  'emailChange',
  'otp',
  'authAlert',
  'factor',
  'webhook',
  'test',
  'custom',
] as const

export type MailKind = (typeof mailKinds)[number]

/** A mail, ready to send. */
export interface OutgoingMail {
  /** Also the local part of the Message-ID, so that every attempt has the same one. */
  readonly id: string
  readonly to: readonly Mailbox[]
  readonly from: Mailbox
  readonly subject: string
  readonly html: string
  readonly text: string
  /** The reason for the mail; undefined for one of an earlier version. */
  readonly kind?: MailKind | undefined
  /** The mail is useless after this time and is not sent. */
  readonly notAfter?: Date
}

/** Sends mails. */
export interface Mailer {
  /**
   * Sends a mail. Resolves once the next server has accepted it.
   *
   * @throws {MailRefusedError} When a retry cannot succeed; any other error can be retried.
   */
  send(mail: OutgoingMail): Promise<void>
}

/** A permanent failure: the address does not exist, or the sender is not allowed to send. */
export class MailRefusedError extends Error {
  override readonly name = 'MailRefusedError'
}

/** An SMTP server and its credentials. */
export interface SmtpServer {
  readonly host: string
  readonly port: number
  /** Empty to send without authentication. */
  readonly username: string
  readonly password: string
  /** `PLAIN`, `LOGIN`, or empty for the method the server offers. */
  readonly authMethod: string
  /** True for TLS from the first byte. Otherwise STARTTLS is used if the server offers it. */
  readonly tls: boolean
  /** The name in EHLO. Empty for a neutral one. */
  readonly localName: string
}

/** The ways a host can send mails. */
export interface MailTransports {
  /** Sends through an SMTP server. Does not connect until something is sent. */
  smtp(server: SmtpServer): Mailer
  /** Sends through the platform itself. Undefined if that is not set up. */
  readonly platform: Mailer | undefined
  /** The transport of an application, instead of the others. */
  readonly own?: Mailer | undefined
  /** The hook of an application before a mail is sent, which may stop it. */
  readonly before?: ((mail: OutgoingMail) => Promise<OutgoingMail | undefined>) | undefined
}
