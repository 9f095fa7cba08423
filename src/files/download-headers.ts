/*
 * What browsers are told of a file that somebody uploaded. Nothing of it may run as a page of this
 * origin: only what is harmless is shown, the rest is saved, and whatever is opened all the same has
 * no rights.
 */
import { toBool } from '#go-compat/casts.ts'
import { isContradicted, servedType } from '#go-compat/file-endings.ts'
import type { StoredObject } from '#platform/bindings.ts'

/** The types that are shown; all others are saved. */
const shown = new Set([
  ...['png', 'jpg', 'jpeg', 'gif', 'webp', 'x-icon', 'bmp'].map((type) => `image/${type}`),
  ...['webm', 'mp4', '3gpp', 'quicktime', 'x-ms-wmv'].map((type) => `video/${type}`),
  ...['basic', 'aiff', 'mpeg', 'midi', 'mp3', 'wave', 'wav', 'x-wav', 'x-mpeg', 'x-m4a', 'aac'].map(
    (type) => `audio/${type}`,
  ),
  'application/pdf',
  'application/x-pdf',
])

/** The headers of a download, but for the one that says whether it is shown or saved. */
export function downloadHeaders(object: StoredObject, name: string): Record<string, string> {
  return {
    'Content-Type': servedType(name, typeOf(object)),
    'Content-Security-Policy':
      "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox",
    'Cache-Control': 'max-age=2592000, stale-while-revalidate=86400',
  }
}

/**
 * Whether a file is shown, or saved under its name; `download` is the query's. A file whose name and
 * content are at odds is never shown.
 */
export function contentDisposition(object: StoredObject, name: string, download: string): string {
  const type = typeOf(object)
  const isShown = !toBool(download) && shown.has(type) && !isContradicted(name, type)
  return `${isShown ? 'inline' : 'attachment'}; filename=${name}`
}

/** What no cache may keep: it is for whoever has a token, and for as long as the token holds. */
export const neverKept = { 'Cache-Control': 'private, no-store' }

function typeOf({ httpMetadata }: StoredObject): string {
  return httpMetadata?.contentType ?? 'application/octet-stream'
}
