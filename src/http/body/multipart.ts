/*
 * A streaming parser for multipart/form-data, as lenient as Go's. Memory holds only what the reader
 * keeps. The runtime's own parser buffers the whole form, and rejects unquoted part names, which
 * .NET sends.
 *
 * Every part is read or the form is rejected. Nothing of an accepted form is dropped.
 */
import { budget } from '#kernel/budget.ts'
import { joined, utf8Text } from '#kernel/bytes.ts'
import { parseParameters } from './header-parameters.ts'
import { decodeQuotedPrintable } from '#go-compat/quoted-printable.ts'

/** One part of a form; names may repeat. */
export interface FormPart {
  readonly name: string
  /** Without folders; undefined for a string. */
  readonly fileName: string | undefined
  /** Its content. Read it before requesting the next part. */
  readonly content: AsyncIterable<Uint8Array>
}

/**
 * Yields the parts of a form in order. An empty file input is not a part.
 *
 * Line breaks may be LF alone, and white space may follow a delimiter. Quoted-printable is decoded.
 *
 * @throws {SyntaxError} If the boundary, the last delimiter or a part's name is missing, if a
 * delimiter or header is malformed, or for another transfer encoding, more than 64 KiB of headers,
 * or more parts than a request's budget allows.
 * @see https://www.rfc-editor.org/rfc/rfc7578
 */
export async function* readMultipart(
  body: AsyncIterable<Uint8Array>,
  contentType: string,
): AsyncGenerator<FormPart> {
  const boundary = parseParameters(contentType).get('boundary') ?? ''
  if (boundary === '') throw new SyntaxError('The form has no boundary.')

  const scanner = new Scanner(body, boundary)
  for (let count = 1; await scanner.toNextPart(); count++) {
    if (count > budget.formParts) throw new SyntaxError('The form has too many parts.')
    const headers = await scanner.headers()
    const { name, fileName } = dispositionOf(headers)
    const bytes = decoded(scanner.content(), headers)
    const content = fileName === undefined ? readable(bytes, headers) : bytes
    if (name !== '' && fileName !== '') {
      yield { name, fileName, content }
      continue
    }
    const filled = await unlessEmpty(content)
    if (filled === undefined) continue
    if (name === '') throw new SyntaxError('A part of the form has no name.')
    // A file part without a file name is a string.
    yield { name, fileName: undefined, content: filled }
  }
}

async function unlessEmpty(
  content: AsyncIterable<Uint8Array>,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const chunks = content[Symbol.asyncIterator]()
  for (;;) {
    const { value, done } = await chunks.next()
    if (done === true) return undefined
    if (value.length > 0) return startingWith(value, chunks)
  }
}

async function* startingWith(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield first
  yield* { [Symbol.asyncIterator]: () => rest }
}

type Headers = ReadonlyMap<string, string>

function dispositionOf(headers: Headers): { name: string; fileName: string | undefined } {
  const disposition = headers.get('content-disposition') ?? ''
  if (!/^form-data\s*(?:;|$)/i.test(disposition)) return { name: '', fileName: undefined }
  const parameters = parseParameters(disposition)
  const path = parameters.get('filename')
  return { name: parameters.get('name') ?? '', fileName: path && lastSegment(path) }
}

/** The last non-empty segment of a path. */
function lastSegment(path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '')
  return segments.at(-1) ?? '/'
}

const plainEncodings = ['', '7bit', '8bit', 'binary']

function decoded(content: AsyncIterable<Uint8Array>, headers: Headers): AsyncIterable<Uint8Array> {
  const encoding = (headers.get('content-transfer-encoding') ?? '').toLowerCase()
  if (plainEncodings.includes(encoding)) return content
  if (encoding === 'quoted-printable') return decodeQuotedPrintable(content)
  throw new SyntaxError('A part of the form has an unsupported transfer encoding.')
}

/** Rejects a string in another character set than UTF-8, unless it reads the same. */
function readable(content: AsyncIterable<Uint8Array>, headers: Headers): AsyncIterable<Uint8Array> {
  const type = headers.get('content-type')
  const charset = type && parseParameters(type).get('charset')?.toLowerCase()
  return charset && !/^utf-?8$/.test(charset) ? asciiOnly(content) : content
}

async function* asciiOnly(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    if (chunk.some((byte) => byte === 0 || byte > 0x7f)) {
      throw new SyntaxError('A part of the form has an unsupported character set.')
    }
    yield chunk
  }
}

/** Maximum bytes of one line, or of all headers of one part. */
const maxHeaderBytes = 64 * 1024

const newline = 0x0a
const blanks = bytesOf(' \t\r\n')
const dashes = bytesOf('--')

/**
 * Finds the delimiters in a stream. The line break before a delimiter belongs to it.
 *
 * Takes linear time for any body: a delimiter has no line break in it, so no match can start within
 * another.
 */
class Scanner {
  readonly #source: AsyncIterator<Uint8Array>
  /** The delimiter without the line break before it. */
  readonly #delimiter: Uint8Array
  /** The form's line break, as found after its first delimiter. */
  #lineEnd: Uint8Array | undefined
  #buffer: Uint8Array = new Uint8Array(0)
  #isInContent = true

  constructor(body: AsyncIterable<Uint8Array>, boundary: string) {
    this.#source = body[Symbol.asyncIterator]()
    this.#delimiter = bytesOf(`--${boundary}`)
  }

  /** Skips the rest of the current part. Returns false after the last one. */
  async toNextPart(): Promise<boolean> {
    for await (const _ of this.content()) continue
    const line = await this.#line()
    const rest = utf8Text(line.subarray(this.#delimiter.length))
    if (/^--[ \t]*(?:\r?\n)?$/.test(rest)) return false

    const [, lineEnd = ''] = /^[ \t]*(\r?\n)$/.exec(rest) ?? []
    this.#lineEnd ??= bytesOf(lineEnd)
    if (lineEnd === '' || lineEnd !== utf8Text(this.#lineEnd)) {
      throw new SyntaxError('A delimiter of the form is malformed.')
    }
    return true
  }

  /** Reads the headers of a part, by name in lower case. Its content follows. */
  async headers(): Promise<Headers> {
    let text = ''
    for (;;) {
      const line = utf8Text(await this.#line())
      if (!line.endsWith('\n')) throw new SyntaxError('The form is incomplete.')
      if (/^\r?\n$/.test(line)) break
      text += line
      if (text.length > maxHeaderBytes) throw new SyntaxError('A part’s headers are incomplete.')
    }
    this.#isInContent = true
    return headersOf(text)
  }

  /** Yields what comes before the next delimiter. */
  async *content(): AsyncGenerator<Uint8Array> {
    if (!this.#isInContent) return
    if (!(await this.#isAtDelimiter())) yield* this.#untilDelimiter()
    this.#isInContent = false
  }

  async *#untilDelimiter(): AsyncGenerator<Uint8Array> {
    // Before the first delimiter, either line break is possible.
    const lineEnd = this.#lineEnd ?? Uint8Array.of(newline)
    const sought = joined([lineEnd, this.#delimiter])
    for (;;) {
      const at = indexOf(this.#buffer, sought)
      const ready = at === -1 ? this.#buffer.length - sought.length + 1 : at
      if (ready > 0) yield this.#take(ready)
      if (at === -1) {
        if (!(await this.#fill())) throw new SyntaxError('The form is incomplete.')
        continue
      }
      this.#take(lineEnd.length)
      if (await this.#isAtDelimiter()) return
      yield lineEnd
    }
  }

  /** Recognises a delimiter by what follows: white space, a line break, two dashes, or nothing. */
  async #isAtDelimiter(): Promise<boolean> {
    const { length } = this.#delimiter
    while (this.#buffer.length < length + dashes.length && (await this.#fill())) continue
    if (!startsWith(this.#buffer, this.#delimiter, 0)) return false
    const next = this.#buffer[length]
    return next === undefined || blanks.includes(next) || startsWith(this.#buffer, dashes, length)
  }

  /** Reads a line with its line break, or the rest of the body at its end. */
  async #line(): Promise<Uint8Array> {
    for (;;) {
      const at = this.#buffer.indexOf(newline)
      if (at !== -1) return this.#take(at + 1)
      if (this.#buffer.length > maxHeaderBytes)
        throw new SyntaxError('A line of the form is too long.')
      if (!(await this.#fill())) return this.#take(this.#buffer.length)
    }
  }

  #take(count: number): Uint8Array {
    const taken = this.#buffer.subarray(0, count)
    this.#buffer = this.#buffer.subarray(count)
    return taken
  }

  async #fill(): Promise<boolean> {
    const { value, done } = await this.#source.next()
    if (done === true) return false
    this.#buffer = joined([this.#buffer, value])
    return true
  }
}

/** Parses headers. The first of two equal ones counts. */
function headersOf(text: string): Headers {
  const headers = new Map<string, string>()
  const unfolded = text.replaceAll(/\r?\n(?=[ \t])/g, '')
  for (const line of unfolded.split(/\r?\n/).slice(0, -1)) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).trimEnd().toLowerCase()
    if (colon === -1 || !/^[^\s:]+$/.test(name)) {
      throw new SyntaxError('A header of the form is malformed.')
    }
    if (!headers.has(name)) headers.set(name, line.slice(colon + 1).trim())
  }
  return headers
}

function indexOf(bytes: Uint8Array, sought: Uint8Array): number {
  const [first = 0] = sought
  let at = bytes.indexOf(first)
  while (at !== -1 && !startsWith(bytes, sought, at)) at = bytes.indexOf(first, at + 1)
  return at
}

function startsWith(bytes: Uint8Array, sought: Uint8Array, at: number): boolean {
  for (let i = 0; i < sought.length; i++) {
    if (bytes[at + i] !== sought[i]) return false
  }
  return true
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
