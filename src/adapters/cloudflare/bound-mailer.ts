import { envelopeAddress, singleLine } from '#adapters/smtp/mime-message.ts'
import { type Mailbox, type Mailer, MailRefusedError } from '#platform/mailer.ts'

/** Failures that a retry would repeat. All others can be retried. */
const refusals = new Set([
  'E_VALIDATION_ERROR',
  'E_RECIPIENT_NOT_ALLOWED',
  'E_RECIPIENT_SUPPRESSED',
  'E_CONTENT_TOO_LARGE',
])

/**
 * Sends through a `send_email` binding. The sender's domain must be set up for it.
 *
 * The platform sets the Message-ID of every message and accepts no other. The header
 * `X-Entity-Ref-ID` stays the same across attempts.
 *
 * @see https://developers.cloudflare.com/email-service/reference/headers/
 */
export function createBoundMailer(binding: SendEmail): Mailer {
  return {
    async send({ id, from, to, subject, html, text }) {
      const message = {
        from: emailAddress(from),
        to: to.map(emailAddress),
        subject: singleLine(subject),
        html,
        text,
        headers: { 'X-Entity-Ref-ID': id },
      }
      try {
        await binding.send(message)
      } catch (error) {
        throw refusalOf(error) ?? error
      }
    },
  }
}

function emailAddress({ name, address }: Mailbox): string | EmailAddress {
  const email = envelopeAddress(address)
  return name === '' ? email : { name: singleLine(name), email }
}

function refusalOf(error: unknown): MailRefusedError | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (!refusals.has(code)) return undefined
  return new MailRefusedError(`Cloudflare refused the mail: ${code}`, { cause: error })
}
