/*
 * The part of an application in mails. It acts when a mail is sent, not when it is put into the outbox:
 * so a request is as fast for an address without an account as for one with.
 */
import type { Mailer, MailTransports, OutgoingMail } from '#platform/mailer.ts'

/** A mail: its reason (`kind`), `to`, `from`, `subject`, `html` and `text`. */
export type Mail = OutgoingMail

/** The additions of an application to mails. */
export interface AppMail {
  /**
   * Runs before each attempt to send a mail. Returns the mail to send, or undefined to send none. If it
   * throws, the mail waits and is tried again.
   */
  readonly before?: (mail: Mail) => Mail | undefined | Promise<Mail | undefined>
  /**
   * Sends mails instead of SMTP and the platform. Throw a `MailRefusedError` if a retry cannot
   * succeed.
   */
  readonly transport?: Mailer
}

/** The transports of a host, with the additions of an application. */
export function withAppMail(
  { before, transport }: AppMail,
  transports: MailTransports,
): MailTransports {
  return {
    ...transports,
    own: transports.own ?? transport,
    before:
      before &&
      (async (mail) => {
        const changed = await before(mail)
        // Every attempt has one Message-ID, so that receivers recognise a repetition.
        return changed && { ...changed, id: mail.id }
      }),
  }
}
