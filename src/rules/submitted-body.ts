import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { Upload } from '#http/body/upload.ts'
import { dictionary } from '#kernel/dictionary.ts'
import { randomString } from '#kernel/random.ts'
import type { SubmittedBody } from '#records/write/resolve-body.ts'

const describedFile = lazy(() =>
  z.object({
    $file: z.object({
      name: z.string(),
      size: z.number().nonnegative().default(0),
      type: z.string().default(''),
    }),
  }),
)

/**
 * The body of an explained write. A file is described, `{"$file": {"name", "size", "type"}}`, and
 * never sent.
 */
export function submittedBody(body: Readonly<Record<string, unknown>>): SubmittedBody {
  const files = new Map<string, Upload[]>()
  const data = dictionary<unknown>()
  for (const [key, value] of Object.entries(body)) {
    const values = Array.isArray(value) ? value : [value]
    const uploads = values.flatMap(uploadOf)
    if (uploads.length === 0) {
      data[key] = value
      continue
    }
    files.set(key, uploads)
    const kept = values.filter((each) => uploadOf(each).length === 0)
    if (kept.length > 0) data[key] = kept
  }
  return { data, files }
}

function uploadOf(value: unknown): Upload[] {
  const parsed = describedFile().safeParse(value)
  if (!parsed.success) return []
  const { name, size, type } = parsed.data.$file
  const head = Uint8Array.from(heads.get(type) ?? [])
  const token = randomString(20, 'abcdefghijklmnopqrstuvwxyz0123456789')
  return [{ token, name, sizeBytes: size, head, content: { chunks: [] } }]
}

/** First bytes by which the server detects a type. Files of other types count as binary. */
const heads = new Map<string, readonly number[]>([
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38, 0x39, 0x61]],
  ['application/pdf', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ['text/plain', [0x61]],
])
