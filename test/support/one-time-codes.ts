import type { OutgoingMail } from '#platform/mailer.ts'
import type { TestApp } from './test-app.ts'

/** A code from a mail. */
export interface MailedCode {
  readonly otpId: string
  readonly password: string
}

/** The code in a mail. */
export function codeIn({ html }: OutgoingMail): string {
  const code = /<strong>(\d+)<\/strong>/.exec(html)?.[1]
  if (code === undefined) throw new Error(`No code in the mail: ${html}`)
  return code
}

/** Requests a code and reads it from its mail. */
export async function requestCode(
  app: TestApp,
  email: string,
  collection = 'users',
): Promise<MailedCode> {
  const { body } = await app.post(`/api/collections/${collection}/request-otp`, { email })
  return { otpId: (body as { otpId: string }).otpId, password: codeIn(app.mailbox.last()) }
}

/** Another code of the same length. */
export function wrongCode(code: string): string {
  const [first = '0', ...rest] = code
  return [(Number(first) + 1) % 10, ...rest].join('')
}

/**
 * Returns copies of the string with one bit flipped, one for every character that stays printable.
 */
export function tamperedTexts(text: string): string[] {
  return [...text].map((character, i) => {
    const other = String.fromCharCode(character.charCodeAt(0) ^ 1)
    return text.slice(0, i) + other + text.slice(i + 1)
  })
}
