import type { Context } from 'hono'
import type { AppEnv } from '#http/app-env.ts'
import { matchesTag } from '#http/etag.ts'

/** A text with the ETag of its content. */
export interface DescribedText {
  readonly text: string
  /** In quotes, as in a header. It says nothing about what the reader does not see. */
  readonly etag: string
}

/** Computes the ETag of a text. */
export async function describedText(text: string): Promise<DescribedText> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0'))
  return { text, etag: `"${hex.join('').slice(0, 32)}"` }
}

/** Responds with a text, or with 304 if the client has it; `?download=1` makes a browser save it. */
export function answerText(
  c: Context<AppEnv>,
  { text, etag }: DescribedText,
  { type, fileName }: { readonly type: string; readonly fileName: string },
): Response {
  const hasToken = c.req.header('Authorization') !== undefined
  c.header('ETag', etag)
  c.header('Vary', 'Authorization', { append: true })
  // Security headers keep what a token was needed for out of every cache.
  if (!hasToken) c.header('Cache-Control', 'no-cache')
  if (matchesTag(c.req.header('If-None-Match') ?? '', etag)) return c.body(null, 304)
  const isSaved = /^(?:1|true)$/.test(c.req.query('download') ?? '')
  if (isSaved) c.header('Content-Disposition', `attachment; filename="${fileName}"`)
  return c.body(text, 200, { 'Content-Type': type })
}
