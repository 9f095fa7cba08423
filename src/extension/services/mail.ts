import { isEmail } from '#go-compat/formats.ts'
import { randomString } from '#kernel/random.ts'
import { byteLength } from '#kernel/text.ts'
import { escapeHtml } from '#mail/escape-html.ts'
import { htmlToText } from '#mail/html-to-text.ts'
import { enqueueMail } from '#mail/outbox.ts'
import { rowsOf } from '#database/query.ts'
import type { Mailbox, OutgoingMail } from '#platform/mailer.ts'
import type { DeploymentServices } from '#request-services.ts'
import type { Settings } from '#settings/settings.ts'

/** An address, by itself or with a name. */
export type MailAddress = string | { readonly name?: string; readonly address: string }

/** A mail of an application. It has an HTML version, a plain one, or both. */
export interface NewMail {
  readonly to: MailAddress | readonly MailAddress[]
  readonly subject: string
  /** Sent as it is: escape what comes from clients. */
  readonly html?: string
  /** Made from the HTML if it is left out. */
  readonly text?: string
  /** The sender of the settings if it is left out. */
  readonly from?: MailAddress
}

/** The mails of an application: `arete.mail`. */
export interface Mails {
  /**
   * Puts a mail into the outbox, from where it is sent after the answer, and again for three days
   * while that fails. 1 trip. Throws for an address that is none.
   */
  send(mail: NewMail): Promise<void>
}

const idLength = 30
const maxRecipients = 50
/** A row of the database holds 2 MB, and a mail is encoded in it. */
const maxBytes = 1_000_000

/** Makes `arete.mail`. */
export function createMails(services: () => DeploymentServices): Mails {
  return {
    async send(mail) {
      const id = randomString(idLength)
      const { transactor, mail: mails } = services()
      await transactor.write(({ catalog }) =>
        rowsOf([enqueueMail(outgoing(id, mail, catalog.settings))]),
      )
      mails().deliver()
    },
  }
}

function outgoing(
  id: string,
  { to, subject, html, text, from }: NewMail,
  { meta }: Settings,
): OutgoingMail {
  const addresses: readonly MailAddress[] = Array.isArray(to) ? to : [to as MailAddress]
  if (addresses.length === 0 || addresses.length > maxRecipients) {
    throw new RangeError(`A mail has 1 to ${maxRecipients} recipients.`)
  }
  if (html === undefined && text === undefined) throw new TypeError('A mail has html or text.')
  const markup = html ?? `<p>${escapeHtml(text ?? '').replaceAll('\n', '<br>')}</p>`
  const plain = text ?? htmlToText(markup)
  if (byteLength(markup) + byteLength(plain) > maxBytes) {
    throw new RangeError(`A mail has at most ${maxBytes} bytes.`)
  }
  return {
    id,
    to: addresses.map(mailboxOf),
    from: mailboxOf(from ?? { name: meta.senderName, address: meta.senderAddress }),
    subject: oneLine(subject),
    html: markup,
    text: plain,
  }
}

/** A line break in an address would begin another header. The address itself is left out of the error. */
function mailboxOf(given: MailAddress): Mailbox {
  const { name = '', address } = typeof given === 'string' ? { address: given } : given
  if (!isEmail(address)) throw new TypeError('A mail has an address that is none.')
  return { name: oneLine(name), address }
}

function oneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex -- they have no place in a header
  return text.replace(/[\s\u0000-\u001F\u007F]+/g, ' ').trim()
}
