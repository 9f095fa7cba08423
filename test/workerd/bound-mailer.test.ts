import { env } from 'cloudflare:workers'
import { describe, it } from 'vitest'
import { createBoundMailer } from '#adapters/cloudflare/bound-mailer.ts'
import { MailRefusedError, type OutgoingMail } from '#platform/mailer.ts'

/** The local runtime's binding, which validates messages and sends none. */
const { MAIL } = env as unknown as { MAIL: SendEmail }

const mail: OutgoingMail = {
  id: 'abcdef123456',
  to: [{ name: 'Ada "Byron" Lovelace', address: 'ada@example.com' }],
  from: { name: 'Grüße', address: 'support@example.com' },
  subject: 'Grüße',
  html: '<p>Hello</p>',
  text: 'Hello',
}

/** A binding that records its calls, or fails. */
function recording(failure?: Error): { sent: unknown[]; binding: SendEmail } {
  const sent: unknown[] = []
  const binding: SendEmail = {
    async send(message: unknown) {
      sent.push(message)
      if (failure !== undefined) throw failure
      return { messageId: '<x@example.com>' }
    },
  }
  return { sent, binding }
}

function coded(code: string): Error {
  return Object.assign(new Error(`refused: ada@example.com`), { code })
}

describe('a mail through the binding', () => {
  it('is accepted by the runtime', async ({ expect }) => {
    await expect(createBoundMailer(MAIL).send(mail)).resolves.toBeUndefined()
  })

  it('has its id, and a name and subject of one line', async ({ expect }) => {
    const { sent, binding } = recording()
    const injected = 'a\r\nBcc: evil@example.com'
    const to = [{ name: injected, address: 'ada@example.com' }]

    await createBoundMailer(binding).send({ ...mail, to, subject: injected })

    expect(sent).toEqual([
      {
        from: { name: 'Grüße', email: 'support@example.com' },
        to: [{ name: 'a Bcc: evil@example.com', email: 'ada@example.com' }],
        subject: 'a Bcc: evil@example.com',
        html: '<p>Hello</p>',
        text: 'Hello',
        headers: { 'X-Entity-Ref-ID': 'abcdef123456' },
      },
    ])
  })

  it.for(['E_RECIPIENT_SUPPRESSED', 'E_RECIPIENT_NOT_ALLOWED', 'E_VALIDATION_ERROR'])(
    'is permanently rejected with %s',
    async (code, { expect }) => {
      const { binding } = recording(coded(code))

      await expect(createBoundMailer(binding).send(mail)).rejects.toThrow(MailRefusedError)
    },
  )

  it.for(['E_RATE_LIMIT_EXCEEDED', 'E_SENDER_NOT_VERIFIED', 'E_INTERNAL_SERVER_ERROR'])(
    'can be retried after %s',
    async (code, { expect }) => {
      const { binding } = recording(coded(code))

      await expect(createBoundMailer(binding).send(mail)).rejects.not.toThrow(MailRefusedError)
    },
  )

  it('is not sent to an invalid address', async ({ expect }) => {
    const { sent, binding } = recording()
    const to = [{ name: '', address: 'ada@example.com\r\nBcc: evil@example.com' }]

    await expect(createBoundMailer(binding).send({ ...mail, to })).rejects.toThrow(MailRefusedError)
    expect(sent).toEqual([])
  })
})
