import type { Context } from 'hono'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import type { AppEnv } from './app-env.ts'
import { type FormEntry, parseMultipart } from './multipart.ts'
import { malformedPair } from './query.ts'

/** A body as it was sent, decoded as far as its content type says. */
export type RawBody =
  | { readonly kind: 'empty' }
  | { readonly kind: 'json'; readonly text: string }
  | { readonly kind: 'form'; readonly entries: readonly FormEntry[] }

/** Bytes a request's body may have unless its route says otherwise: 32 MiB. */
export const defaultBodyLimit = 32 * 1024 * 1024

/**
 * The body of a request. May be asked for again, by a plan that is made anew; the stream is read
 * once, under the limit of the first who asks.
 *
 * @throws {ApiError} `body_too_large`, `unsupported_content_type`, `bad_request`
 */
export function readRawBody(
  c: Context<AppEnv>,
  limitBytes: number = defaultBodyLimit,
): Promise<RawBody> {
  const known = c.get('rawBody')
  if (known !== undefined) return known

  const body = read(c.req.raw, limitBytes)
  c.set('rawBody', body)
  return body
}

async function read(request: Request, limitBytes: number): Promise<RawBody> {
  const declared = declaredLength(request)
  if (declared !== undefined && declared > limitBytes) throw new ApiError(commonErrors.bodyTooLarge)
  if (request.body === null || declared === 0) return { kind: 'empty' }

  try {
    const source = declared === undefined ? await collected(request, limitBytes) : request
    return await decode(source, request.headers.get('content-type') ?? '')
  } catch (error) {
    if (error instanceof ApiError) throw error
    throw new ApiError(commonErrors.badRequest, { cause: error })
  }
}

/** The length the connection holds the client to; undefined for a body sent in chunks. */
function declaredLength({ headers }: Request): number | undefined {
  const length = headers.get('content-length')
  return length === null || headers.has('transfer-encoding') ? undefined : Number(length)
}

/** A body of unknown length, counted while it is read. */
async function collected(request: Request, limitBytes: number): Promise<Response> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.length
    if (size > limitBytes) throw new ApiError(commonErrors.bodyTooLarge)
    chunks.push(chunk)
  }
  const headers = { 'content-type': request.headers.get('content-type') ?? '' }
  return new Response(size === 0 ? null : new Blob(chunks), { headers })
}

/** Content types are told apart by how they begin, in lower case only, as PocketBase does. */
async function decode(source: Request | Response, contentType: string): Promise<RawBody> {
  if (source.body === null) return { kind: 'empty' }
  if (contentType.startsWith('application/json')) {
    const text = await utf8(source)
    return text === '' ? { kind: 'empty' } : { kind: 'json', text }
  }
  if (contentType.startsWith('application/x-www-form-urlencoded')) {
    return { kind: 'form', entries: urlencodedEntries(await utf8(source)) }
  }
  if (contentType.startsWith('multipart/form-data')) {
    const bytes = new Uint8Array(await source.arrayBuffer())
    return { kind: 'form', entries: parseMultipart(bytes, contentType) }
  }
  // PocketBase knows XML, but no endpoint has a use for it.
  if (/^(?:application|text)\/xml/.test(contentType)) throw new ApiError(commonErrors.badRequest)
  throw new ApiError(commonErrors.unsupportedContentType)
}

/** Bytes that are no UTF-8 become U+FFFD. A byte order mark stays: it is no JSON. */
async function utf8(source: Request | Response): Promise<string> {
  const bytes = await source.arrayBuffer()
  return new TextDecoder('utf-8', { fatal: false, ignoreBOM: true }).decode(bytes)
}

function urlencodedEntries(text: string): FormEntry[] {
  if (malformedPair.test(text)) throw new ApiError(commonErrors.badRequest)
  return [...new URLSearchParams(text)]
}
