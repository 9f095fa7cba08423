/*
 * Headers that keep uploaded files from running as a page of this origin. Only harmless types are
 * shown; all others are downloaded. A file that is opened anyway is sandboxed.
 */
import { toBool } from '#go-compat/casts.ts'
import { isContradicted, servedType } from '#go-compat/content-type/file-endings.ts'
import type { StoredObject } from '#platform/bindings.ts'

/** The types that are shown; all others are downloaded. */
const shown = new Set([
  ...['png', 'jpg', 'jpeg', 'gif', 'webp', 'x-icon', 'bmp'].map((type) => `image/${type}`),
  ...['webm', 'mp4', '3gpp', 'quicktime', 'x-ms-wmv'].map((type) => `video/${type}`),
  ...['basic', 'aiff', 'mpeg', 'midi', 'mp3', 'wave', 'wav', 'x-wav', 'x-mpeg', 'x-m4a', 'aac'].map(
    (type) => `audio/${type}`,
  ),
  'application/pdf',
  'application/x-pdf',
])

/** The headers of a download, except Content-Disposition. */
export function downloadHeaders(object: StoredObject, name: string): Record<string, string> {
  return {
    'Content-Type': servedType(name, typeOf(object)),
    'Content-Security-Policy':
      "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox",
    'Cache-Control': 'max-age=2592000, stale-while-revalidate=86400',
  }
}

/**
 * Shows a file inline or as an attachment; `download` is the query parameter. A file whose name and
 * content contradict each other is always an attachment.
 */
export function contentDisposition(object: StoredObject, name: string, download: string): string {
  const type = typeOf(object)
  const isShown = !toBool(download) && shown.has(type) && !isContradicted(name, type)
  return `${isShown ? 'inline' : 'attachment'}; filename=${name}`
}

/** For content that no cache may keep: access depends on a token and ends with it. */
export const neverKept = { 'Cache-Control': 'private, no-store' }

function typeOf({ httpMetadata }: StoredObject): string {
  return httpMetadata?.contentType ?? 'application/octet-stream'
}
