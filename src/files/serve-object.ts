/*
 * Responds with an object of the bucket: the whole, a range, or the result of a conditional
 * request. The bytes are streamed and never all in memory.
 */
import type { Context } from 'hono'
import type { AppEnv } from '#http/app-env.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import type { Bucket, StoredObject } from '#platform/bindings.ts'
import { type RangeFault, readRange } from './byte-range.ts'

/**
 * Responds with an object and these headers. `Content-Type` defaults to the object's.
 *
 * R2: 1 read; 1 more for a range or a conditional request.
 *
 * @throws {ApiError} `notFound`
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13
 */
export async function serveObject(
  c: Context<AppEnv, string>,
  bucket: Bucket,
  key: string,
  headersFor: (object: StoredObject) => Readonly<Record<string, string>>,
): Promise<Response> {
  const isConditional = conditions.some((name) => c.req.header(name) !== undefined)
  const known = isConditional || c.req.method === 'HEAD' ? await bucket.head(key) : undefined
  if (known === null) throw new ApiError(commonErrors.notFound)
  if (known !== undefined) {
    const headers = commonHeaders(known, headersFor)
    if (!isAsWanted(c, known)) return notAsWanted(c, headers)
    if (isUnchanged(c, known)) return unchanged(headers)

    const range = isStale(c, known) ? 'whole' : readRange(c.req.header('Range'), known.size)
    if (range !== 'whole' && 'fault' in range) return noSuchPart(headers, range, known)
    if (range !== 'whole') {
      const partHeaders = {
        ...headers,
        'Content-Length': String(range.length),
        'Content-Range': `bytes ${range.offset}-${range.offset + range.length - 1}/${known.size}`,
      }
      if (c.req.method === 'HEAD') return new Response(null, { status: 206, headers: partHeaders })
      const part = await bucket.get(key, { range })
      if (part === null) throw new ApiError(commonErrors.notFound)
      return new Response(part.body, { status: 206, headers: partHeaders })
    }
    if (c.req.method === 'HEAD') {
      return new Response(null, {
        headers: { ...headers, 'Content-Length': String(known.size) },
      })
    }
  }

  const object = await bucket.get(key)
  if (object === null) throw new ApiError(commonErrors.notFound)
  return new Response(object.body, {
    headers: { ...commonHeaders(object, headersFor), 'Content-Length': String(object.size) },
  })
}

function notAsWanted(
  c: Context<AppEnv, string>,
  headers: Readonly<Record<string, string>>,
): Response {
  const { 'Accept-Ranges': _, ...kept } = headers
  const response = new Response(null, { status: 412, headers: kept })
  // Without a length, Node would send the empty body in chunks.
  if (c.req.method !== 'HEAD') response.headers.set('Content-Length', '0')
  return response
}

function unchanged(headers: Readonly<Record<string, string>>): Response {
  const { 'Content-Type': _, 'Accept-Ranges': __, ...kept } = headers
  return new Response(null, { status: 304, headers: kept })
}

/** The error must not be cached or mistaken for the object. */
function noSuchPart(
  headers: Readonly<Record<string, string>>,
  { fault }: RangeFault,
  { size }: StoredObject,
): Response {
  const {
    ETag: _,
    'Last-Modified': __,
    'Cache-Control': ___,
    'Accept-Ranges': ____,
    ...kept
  } = headers
  return new Response(`${fault}\n`, {
    status: 416,
    headers: {
      ...kept,
      'Content-Type': 'text/plain; charset=utf-8',
      ...(fault === 'invalid range' ? {} : { 'Content-Range': `bytes */${size}` }),
    },
  })
}

const conditions = [
  'If-Match',
  'If-Unmodified-Since',
  'If-None-Match',
  'If-Modified-Since',
  'Range',
]

function commonHeaders(
  object: StoredObject,
  headersFor: (object: StoredObject) => Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    'Content-Type': object.httpMetadata?.contentType ?? 'application/octet-stream',
    'Accept-Ranges': 'bytes',
    ETag: object.httpEtag,
    'Last-Modified': object.uploaded.toUTCString(),
    ...headersFor(object),
  }
}

/** True if the object is still the version the client expects. A weak ETag never matches. */
function isAsWanted(c: Context<AppEnv, string>, object: StoredObject): boolean {
  const tags = c.req.header('If-Match')
  if (tags !== undefined) return tags.trim() === '*' || listed(tags).includes(object.httpEtag)
  const since = Date.parse(c.req.header('If-Unmodified-Since') ?? '')
  return Number.isNaN(since) || seconds(object.uploaded) <= since
}

/** A date is ignored if the client sends an ETag. */
function isUnchanged(c: Context<AppEnv, string>, object: StoredObject): boolean {
  const tags = c.req.header('If-None-Match')
  if (tags !== undefined) return tags.trim() === '*' || namesTag(tags, object)
  const since = Date.parse(c.req.header('If-Modified-Since') ?? '')
  return seconds(object.uploaded) <= since
}

function namesTag(tags: string, { httpEtag }: StoredObject): boolean {
  return listed(tags).some((tag) => tag.replace(/^W\//, '') === httpEtag)
}

function listed(tags: string): string[] {
  return tags.split(',').map((tag) => tag.trim())
}

/** True if the range is requested of an older version of the object. */
function isStale(c: Context<AppEnv, string>, object: StoredObject): boolean {
  const validator = c.req.header('If-Range')
  if (validator === undefined) return false
  if (validator.includes('"')) return validator.trim() !== object.httpEtag
  return seconds(object.uploaded) !== Date.parse(validator)
}

/** HTTP dates have whole seconds. */
function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000) * 1000
}
