import type { MailTemplate } from '#catalog/definition.ts'
import { randomString } from '#kernel/random.ts'
import type { Mailbox, OutgoingMail } from '#platform/mailer.ts'
import type { Settings } from '#settings/settings.ts'
import { htmlToText } from './html-to-text.ts'
import { renderLayout } from './layout.tsx'
import { fillPlaceholders, type Placeholders } from './placeholders.ts'

/** Long enough that no two mails of a deployment share an id. */
const idLength = 30

/**
 * Composes a mail from a template: fills placeholders, adds the layout, and creates a plain-text
 * version. The values of placeholders are escaped and cannot become markup.
 */
export function composeMail(
  settings: Settings,
  template: MailTemplate,
  values: Placeholders,
  to: Mailbox,
): OutgoingMail {
  const { appName, senderName, senderAddress } = settings.meta
  const subject = oneLine(fillPlaceholders(template.subject, settings, values, 'text'))
  const body = fillPlaceholders(template.body, settings, values, 'html')
  return {
    id: randomString(idLength),
    to: [to],
    from: { name: senderName, address: senderAddress },
    subject,
    html: renderLayout({ appName, subject, body }),
    text: htmlToText(body),
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
