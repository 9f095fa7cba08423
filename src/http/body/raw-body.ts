import type { Context, MiddlewareHandler } from 'hono'
import { budget } from '#kernel/budget.ts'
import { collected, utf8Text } from '#kernel/bytes.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { byteLength } from '#kernel/text.ts'
import type { AppEnv } from '#http/app-env.ts'
import { type FormPart, readMultipart } from './multipart.ts'
import { malformedPair } from '#http/query.ts'
import { type Upload, UploadReceiver, type UploadSpool } from './upload.ts'

/** One part of a form; names may repeat. */
export type FormEntry = readonly [name: string, value: string | Upload]

/** A body as it was sent, decoded according to its content type. */
export type RawBody =
  | { readonly kind: 'empty' }
  | { readonly kind: 'json'; readonly text: string }
  | { readonly kind: 'form'; readonly entries: readonly FormEntry[] }

/** The part of a form whose values are JSON objects. They are merged over the other parts. */
export const jsonPayloadKey = '@jsonPayload'

/** Options for reading a body. */
export interface BodyOptions {
  /** Maximum bytes. The default is the maximum of a form, or the route's {@link bodyLimit}. */
  readonly limitBytes?: number
  /** The spool for files too large for memory. Without it all files must fit. */
  readonly spool?: UploadSpool
  /** True if the files of this part are used. By default all are; others are skipped. */
  readonly takesFile?: (partName: string) => boolean
}

/** Raises the body limit of a route. */
export function bodyLimit(bytes: number): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    c.set('bodyLimitBytes', bytes)
    await next()
  }
}

/**
 * Reads the body of a request. Can be called again when a request is replanned. The stream is read
 * once, with the limit of the first call.
 *
 * @throws {ApiError} `body_too_large`, `unsupported_content_type`, `bad_request`
 */
export function readRawBody(c: Context<AppEnv>, options: BodyOptions = {}): Promise<RawBody> {
  const known = c.get('rawBody')
  if (known !== undefined) return known

  const limitBytes = c.get('bodyLimitBytes') ?? budget.formBytes
  const body = read(c.req.raw, { limitBytes, ...options })
  c.set('rawBody', body)
  return body
}

async function read(
  request: Request,
  { limitBytes, ...options }: BodyOptions & { readonly limitBytes: number },
): Promise<RawBody> {
  const declared = declaredLength(request)
  if (declared !== undefined && declared > limitBytes) throw new ApiError(commonErrors.bodyTooLarge)
  if (declared === 0) return { kind: 'empty' }

  try {
    const contentType = request.headers.get('content-type') ?? ''
    if (!isMultipart(contentType) && isShort(declared)) {
      return decodeText(new Uint8Array(await request.arrayBuffer()), contentType)
    }
    if (request.body === null) return { kind: 'empty' }
    return await decode(limited(request.body, limitBytes), contentType, options)
  } catch (error) {
    if (error instanceof ApiError) throw error
    throw new ApiError(commonErrors.badRequest, { cause: error })
  }
}

/** The length that the connection enforces; undefined for a chunked body. */
function declaredLength({ headers }: Request): number | undefined {
  const length = headers.get('content-length')
  return length === null || headers.has('transfer-encoding') ? undefined : Number(length)
}

/** Most bodies are short. Reading one at once costs a fraction of the time that a stream takes. */
function isShort(declared: number | undefined): boolean {
  return declared !== undefined && declared <= budget.textBytes
}

function isMultipart(contentType: string): boolean {
  return contentType.startsWith('multipart/form-data')
}

/** Yields a body and counts its bytes. */
async function* limited(
  body: AsyncIterable<Uint8Array>,
  limitBytes: number,
): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > limitBytes) throw new ApiError(commonErrors.bodyTooLarge)
    yield chunk
  }
}

type Content = AsyncIterable<Uint8Array>

async function decode(
  content: Content,
  contentType: string,
  options: BodyOptions,
): Promise<RawBody> {
  if (isMultipart(contentType)) {
    return { kind: 'form', entries: await multipartEntries(content, contentType, options) }
  }
  return decodeText(await collected(limited(content, budget.textBytes)), contentType)
}

/** Content types are matched by prefix, in lower case only, as in PocketBase. */
function decodeText(bytes: Uint8Array, contentType: string): RawBody {
  if (bytes.length === 0) return { kind: 'empty' }
  if (contentType.startsWith('application/json')) return { kind: 'json', text: utf8Text(bytes) }
  if (contentType.startsWith('application/x-www-form-urlencoded')) {
    return { kind: 'form', entries: urlencodedEntries(utf8Text(bytes)) }
  }
  // PocketBase knows XML, but no endpoint uses it.
  if (/^(?:application|text)\/xml/.test(contentType)) throw new ApiError(commonErrors.badRequest)
  throw new ApiError(commonErrors.unsupportedContentType)
}

async function multipartEntries(
  content: Content,
  contentType: string,
  { spool, takesFile = () => true }: BodyOptions,
): Promise<FormEntry[]> {
  const receiver = new UploadReceiver(spool)
  try {
    const entries = await readEntries(readMultipart(content, contentType), receiver, takesFile)
    await receiver.close()
    return entries
  } catch (error) {
    await receiver.abort()
    throw error
  }
}

async function readEntries(
  parts: AsyncIterable<FormPart>,
  receiver: UploadReceiver,
  takesFile: (partName: string) => boolean,
): Promise<FormEntry[]> {
  const entries: FormEntry[] = []
  let textBytes = 0
  for await (const { name, fileName, content } of parts) {
    // The names of parts and files stay in memory, so they count as text.
    textBytes += byteLength(name) + byteLength(fileName ?? '')
    if (textBytes > budget.textBytes) throw new ApiError(commonErrors.bodyTooLarge)
    if (fileName === undefined) {
      const text = await collected(limited(content, budget.textBytes - textBytes))
      textBytes += text.length
      entries.push([name, utf8Text(text)])
    } else if (takesFile(name)) {
      entries.push([name, await receiver.receive(fileName, content)])
    }
  }
  return entries
}

function urlencodedEntries(text: string): FormEntry[] {
  if (hasMore(text, '&', budget.formPairs - 1)) throw new ApiError(commonErrors.badRequest)
  if (malformedPair.test(text)) throw new ApiError(commonErrors.badRequest)
  return [...new URLSearchParams(text)]
}

/** Stops counting at the limit. */
function hasMore(text: string, sought: string, limit: number): boolean {
  let at = -1
  for (let count = 0; count <= limit; count++) {
    at = text.indexOf(sought, at + 1)
    if (at === -1) return false
  }
  return true
}
