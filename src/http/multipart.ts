/*
 * multipart/form-data as Go reads it, while it arrives: no more of it is in memory than what its
 * reader keeps. The runtime's own reader holds the whole form, and refuses it for a part whose name
 * has no quotes, as .NET sends it, or that has no name.
 */
import { budget } from '#kernel/budget.ts'
import { collected, joined, utf8Text } from '#kernel/bytes.ts'

/** One part of a form; names may repeat. */
export interface FormPart {
  readonly name: string
  /** Without folders; undefined for a text. */
  readonly fileName: string | undefined
  /** What it holds; to be read before the next part is asked for. */
  readonly content: AsyncIterable<Uint8Array>
}

/**
 * The parts of a form, in the order sent. Left out is what names no field, and what a browser sends
 * for a file input that nobody filled.
 *
 * @throws {SyntaxError} Without a boundary, when the last boundary is missing, for headers of more than
 * 64 KiB, and for more than a thousand parts.
 * @see https://www.rfc-editor.org/rfc/rfc7578
 */
export async function* readMultipart(
  body: AsyncIterable<Uint8Array>,
  contentType: string,
): AsyncGenerator<FormPart> {
  const boundary = parametersOf(contentType).get('boundary') ?? ''
  if (boundary === '') throw new SyntaxError('The form has no boundary.')

  const scanner = new Scanner(body, bytesOf(`\r\n--${boundary}`))
  for (let count = 1; await scanner.toNextPart(); count++) {
    if (count > budget.formParts) throw new SyntaxError('The form has too many parts.')
    const header = await scanner.header()
    const part = header === undefined ? undefined : partOf(header)
    if (part === undefined) continue
    const content = scanner.content()
    if (part.fileName !== '') yield { ...part, content }
    // A file input that nobody filled is no part; a text that is called a file without a name is one.
    else yield* unnamed(part.name, content)
  }
}

async function* unnamed(
  name: string,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<FormPart> {
  const bytes = await collected(content)
  if (bytes.length > 0) yield { name, fileName: undefined, content: chunksOf(bytes) }
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** Headers of a part are at most so long. */
const maxHeaderBytes = 64 * 1024

const lineEnd = bytesOf('\r\n')
const emptyLine = bytesOf('\r\n\r\n')
const dashes = bytesOf('--')

/**
 * Finds the boundaries in bytes that arrive. A boundary's line end belongs to it, so before the first
 * byte one is imagined.
 *
 * Takes linear time for any body: no boundary has a line end in it, so no match can start within
 * another.
 */
class Scanner {
  readonly #source: AsyncIterator<Uint8Array>
  readonly #delimiter: Uint8Array
  #buffer = new Uint8Array(lineEnd)
  /** Where the boundary is that ends what is read, once it was found. */
  #boundaryAt: number | undefined
  /** How far the buffer was searched for it. */
  #searched = 0

  constructor(body: AsyncIterable<Uint8Array>, delimiter: Uint8Array) {
    this.#source = body[Symbol.asyncIterator]()
    this.#delimiter = delimiter
  }

  /** Leaves what is left of the current part behind; false after the last one. */
  async toNextPart(): Promise<boolean> {
    for await (const _ of this.content()) continue
    const next = (this.#boundaryAt ?? 0) + this.#delimiter.length
    if (startsWith(this.#buffer, dashes, next)) return false
    // The line end after a boundary may be the one before the next.
    this.#drop(next)
    return true
  }

  /** The headers of a part, whose content follows; undefined when the part has no content. */
  async header(): Promise<string | undefined> {
    for (;;) {
      const boundary = await this.#findBoundary()
      const end = indexOf(this.#buffer, emptyLine, 0)
      const contentAt = end + emptyLine.length
      // The second of the two line ends may be that of a boundary, of which not all is there yet.
      const isSure = boundary === undefined ? this.#searched >= contentAt : boundary >= contentAt
      if (end !== -1 && isSure) {
        const text = utf8Text(this.#buffer.subarray(lineEnd.length, Math.max(end, lineEnd.length)))
        this.#drop(contentAt)
        return text
      }
      if (boundary !== undefined) return undefined
      if (this.#buffer.length > maxHeaderBytes)
        throw new SyntaxError('A part’s headers do not end.')
      await this.#fill()
    }
  }

  /** What comes before the next boundary. */
  async *content(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const boundary = await this.#findBoundary()
      const ready = boundary ?? this.#searched
      if (ready > 0) {
        yield this.#buffer.subarray(0, ready)
        this.#drop(ready)
      }
      if (this.#boundaryAt !== undefined) return
      await this.#fill()
    }
  }

  /** Where in the buffer the next boundary is; undefined when it is not there yet. */
  async #findBoundary(): Promise<number | undefined> {
    if (this.#boundaryAt !== undefined) return this.#boundaryAt
    for (;;) {
      const at = indexOf(this.#buffer, this.#delimiter, this.#searched)
      if (at === -1) {
        this.#searched = Math.max(
          this.#searched,
          this.#buffer.length - this.#delimiter.length + 1,
          0,
        )
        return undefined
      }
      const next = at + this.#delimiter.length
      while (this.#buffer.length < next + dashes.length) await this.#fill()
      const ends = startsWith(this.#buffer, dashes, next) || startsWith(this.#buffer, lineEnd, next)
      if (ends) {
        this.#boundaryAt = at
        return at
      }
      this.#searched = next
    }
  }

  async #fill(): Promise<void> {
    const { value, done } = await this.#source.next()
    if (done === true) throw new SyntaxError('The form does not end.')
    this.#buffer = joined([this.#buffer, value])
  }

  #drop(count: number): void {
    this.#buffer = this.#buffer.subarray(count)
    this.#searched = Math.max(this.#searched - count, 0)
    const at = this.#boundaryAt
    this.#boundaryAt = at === undefined || at < count ? undefined : at - count
  }
}

function partOf(header: string): { name: string; fileName: string | undefined } | undefined {
  const headers = headersOf(header)
  const disposition = headers.get('content-disposition') ?? ''
  const parameters = parametersOf(disposition)
  const name = parameters.get('name') ?? ''
  if (!/^form-data\b/i.test(disposition) || name === '') return undefined
  return { name, fileName: parameters.get('filename')?.replace(/^.*\//s, '') }
}

function headersOf(text: string): Map<string, string> {
  return new Map(
    text.split('\r\n').map((line) => {
      const [name = '', ...value] = line.split(':')
      return [name.trim().toLowerCase(), value.join(':').trim()]
    }),
  )
}

/** The parameters of a header by name in lower case; `name*` decoded, and before `name`. */
function parametersOf(header: string): Map<string, string> {
  const found = header.matchAll(/;\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/gs)
  const parameters = [...found].map(([, name = '', quoted, plain = '']) => {
    const value = quoted?.replace(/\\([()<>@,;:\\"/[\]?=])/g, '$1') ?? plain
    return [name.toLowerCase(), value] as const
  })
  const extended = parameters
    .filter(([name]) => name.endsWith('*'))
    .map(([name, value]) => [name.slice(0, -1), decodeExtended(value)] as const)
  return new Map([...parameters, ...extended])
}

/** @see https://www.rfc-editor.org/rfc/rfc8187#section-3.2 */
function decodeExtended(value: string): string {
  const encoded = value.replace(/^[^']*'[^']*'/, '')
  try {
    return decodeURIComponent(encoded)
  } catch {
    return encoded
  }
}

function indexOf(bytes: Uint8Array, sought: Uint8Array, from: number): number {
  const [first = 0] = sought
  let at = bytes.indexOf(first, from)
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
