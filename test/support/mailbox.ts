import type { Mailer, MailTransports, OutgoingMail, SmtpServer } from '#platform/mailer.ts'

/** Takes mails in the place of the platform, or of any SMTP server. */
export interface Mailbox {
  readonly mails: readonly OutgoingMail[]
  /** What the mailbox is reached by. */
  readonly transports: MailTransports
  /** The servers that mails were to go through. */
  readonly servers: readonly SmtpServer[]
  /** The latest mail; fails when there is none. */
  last(): OutgoingMail
  /** Has every mail fail until `recover`; `decide` may let some through by returning undefined. */
  fail(decide: (mail: OutgoingMail) => Error | undefined): void
  recover(): void
}

/** An empty mailbox that takes everything. */
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
