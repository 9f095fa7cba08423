/** Somebody a mail comes from or goes to; the name may be empty. */
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
  /** After this moment nobody can use the mail any more, and it is given up. */
  readonly notAfter?: Date
}

/** A way for mails to leave. */
export interface Mailer {
  /**
   * Hands a mail over. Returns once somebody else has taken responsibility for it.
   *
   * @throws {MailRefusedError} When trying again is of no use; any other error is worth another try.
   */
  send(mail: OutgoingMail): Promise<void>
}

/** A mail that will never be taken: an address that does not exist, a sender who may not send. */
export class MailRefusedError extends Error {
  override readonly name = 'MailRefusedError'
}
