import * as z from 'zod'
import type { FileAttributes } from './file-tree.ts'

const sidecar = z.object({
  'user.content_type': z.string().optional().catch(undefined),
  'user.metadata': z
    .object({ 'original-filename': z.string().optional() })
    .nullish()
    .catch(undefined),
  md5: z.base64().nullish().catch(undefined),
})

/** Parses a sidecar file. An invalid one has no attributes. */
export function parseAttributes(text: string): FileAttributes {
  const parsed = sidecar.safeParse(parseJson(text))
  if (!parsed.success) return {}
  const { 'user.content_type': contentType, 'user.metadata': metadata, md5 } = parsed.data
  const originalName = metadata?.['original-filename']
  return {
    ...(contentType ? { contentType } : {}),
    ...(originalName ? { originalName } : {}),
    ...(md5 ? { md5: Buffer.from(md5, 'base64').toString('hex') } : {}),
  }
}

/** Formats the sidecar file of a file as PocketBase does. */
export function formatAttributes({ contentType, originalName, md5 }: FileAttributes): string {
  const attributes = {
    'user.cache_control': '',
    'user.content_disposition': '',
    'user.content_encoding': '',
    'user.content_language': '',
    'user.content_type': contentType ?? 'application/octet-stream',
    'user.metadata': originalName === undefined ? null : { 'original-filename': originalName },
    md5: md5 === undefined ? null : Buffer.from(md5, 'hex').toString('base64'),
  }
  return `${JSON.stringify(attributes)}\n`
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return undefined
  }
}
