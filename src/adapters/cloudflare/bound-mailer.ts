import { EmailMessage } from 'cloudflare:email'
import { type Mailer, MailRefusedError } from '#platform/mailer.ts'
import { envelopeAddress, mimeMessage } from '#adapters/smtp/mime-message.ts'

/** What will be the same at the next attempt; everything else is worth another. */
const refusals = new Set([
  'E_VALIDATION_ERROR',
  'E_RECIPIENT_NOT_ALLOWED',
  'E_RECIPIENT_SUPPRESSED',
  'E_CONTENT_TOO_LARGE',
])

/**
 * Sends through a `send_email` binding. The sender's domain must be set up for it.
 *
 * The whole message is handed over, not its parts: of parts the platform makes a message with an id
 * of its own, and a mail that is sent twice would not be known as one.
 *
 * @see https://developers.cloudflare.com/email-service/api/send-emails/workers-api/
 */
export function createBoundMailer(binding: SendEmail): Mailer {
  return {
    async send(mail) {
      const from = envelopeAddress(mail.from.address)
      const message = mimeMessage(mail, new Date())
      for (const { address } of mail.to) {
        await send(binding, new EmailMessage(from, envelopeAddress(address), message))
      }
    },
  }
}

async function send(binding: SendEmail, message: EmailMessage): Promise<void> {
  try {
    await binding.send(message)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!refusals.has(code)) throw error
    throw new MailRefusedError(`The platform refused the mail: ${code}`, { cause: error })
  }
}
