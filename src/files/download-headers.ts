/*
 * What browsers are told of a file that somebody uploaded. Nothing of it may run as a page of this
 * origin: only what is harmless is shown, the rest is saved, and whatever is opened all the same has
 * no rights.
 */
import { toBool } from '#kernel/casts.ts'
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

const ooxml = 'application/vnd.openxmlformats-officedocument.'

/** Types by the ending of a name, which go before what the content looks like. */
const typesByEnding: Readonly<Record<string, string>> = {
  '.svg': 'image/svg+xml',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.xlsx': `${ooxml}spreadsheetml.sheet`,
  '.docx': `${ooxml}wordprocessingml.document`,
  '.pptx': `${ooxml}presentationml.presentation`,
}

/** The headers of a download, but for the one that says whether it is shown or saved. */
export function downloadHeaders(object: StoredObject, name: string): Record<string, string> {
  const ending = /\.[^.]*$/.exec(name)?.[0] ?? ''
  return {
    'Content-Type': typesByEnding[ending] ?? typeOf(object),
    'Content-Security-Policy':
      "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox",
    'Cache-Control': 'max-age=2592000, stale-while-revalidate=86400',
  }
}

/** Whether a file is shown, or saved under its name; `download` is the query's. */
export function contentDisposition(object: StoredObject, name: string, download: string): string {
  const isShown = !toBool(download) && shown.has(typeOf(object))
  return `${isShown ? 'inline' : 'attachment'}; filename=${name}`
}

function typeOf({ httpMetadata }: StoredObject): string {
  return httpMetadata?.contentType ?? 'application/octet-stream'
}
