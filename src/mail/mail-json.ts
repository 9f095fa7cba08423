import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import { mailKinds, type OutgoingMail } from '#platform/mailer.ts'

const mailbox = lazy(() => z.object({ name: z.string(), address: z.string() }))

const mailShape = lazy(
  () =>
    z.object({
      id: z.string(),
      to: z.array(mailbox()),
      from: mailbox(),
      subject: z.string(),
      html: z.string(),
      text: z.string(),
      kind: z.enum(mailKinds).optional().catch(undefined),
    }) satisfies z.ZodType<OutgoingMail>,
)

/** Encodes a mail for its row. Its deadline has a column of its own. */
export function encodeMail({ notAfter: _, ...mail }: OutgoingMail): string {
  return JSON.stringify(mail)
}

/** Decodes the mail of a row. */
export function decodeMail(text: string): OutgoingMail {
  return mailShape().parse(JSON.parse(text))
}
