import type { Mailer, MailTransports, OutgoingMail, SmtpServer } from '#platform/mailer.ts'

/** Receives mails instead of the platform or an SMTP server. */
export interface Mailbox {
  readonly mails: readonly OutgoingMail[]
  /** The transports that lead to the mailbox. */
  readonly transports: MailTransports
  /** The SMTP servers that mails were sent through. */
  readonly servers: readonly SmtpServer[]
  /** The latest mail; throws if there is none. */
  last(): OutgoingMail
  /** Fails every mail until `recover`. `decide` may return undefined to accept a mail. */
  fail(decide: (mail: OutgoingMail) => Error | undefined): void
  recover(): void
}

/** Creates an empty mailbox that accepts every mail. */
export function createMailbox(): Mailbox {
  const mails: OutgoingMail[] = []
  const servers: SmtpServer[] = []
  let failure: (mail: OutgoingMail) => Error | undefined = () => undefined
  const mailer: Mailer = {
    async send(mail) {
      const error = failure(mail)
      if (error !== undefined) throw error
      mails.push(mail)
    },
  }
  return {
    mails,
    servers,
    transports: {
      platform: mailer,
      smtp: (server) => {
        servers.push(server)
        return mailer
      },
    },
    last() {
      const mail = mails.at(-1)
      if (mail === undefined) throw new Error('No mail has arrived.')
      return mail
    },
    fail: (decide) => {
      failure = decide
    },
    recover: () => {
      failure = () => undefined
    },
  }
}
