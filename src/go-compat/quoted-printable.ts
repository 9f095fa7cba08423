import { joined } from '#kernel/bytes.ts'

/** Maximum bytes of a line. This is Go's limit; the encoding allows 76. */
const maxLineBytes = 4096

const tab = 0x09
const newline = 0x0a
const carriageReturn = 0x0d
const space = 0x20
const equals = 0x3d
const del = 0x7f

/**
 * Decodes a quoted-printable stream, as leniently as Go: an `=` without two digits is literal, and
 * so are non-ASCII bytes.
 *
 * @throws {SyntaxError} For other control characters, and for lines of more than 4096 bytes.
 * @see https://www.rfc-editor.org/rfc/rfc2045#section-6.7
 */
export async function* decodeQuotedPrintable(
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0)
  for await (const chunk of content) {
    rest = joined([rest, chunk])
    const decoded: Uint8Array[] = []
    for (let end = lineEnd(rest); end > 0; end = lineEnd(rest)) {
      decoded.push(decodeLine(rest.subarray(0, end)))
      rest = rest.subarray(end)
    }
    if (decoded.length > 0) yield joined(decoded)
  }
  if (rest.length > 0) yield decodeLine(rest)
}

/** The position after the first line; 0 if it is incomplete. */
function lineEnd(bytes: Uint8Array): number {
  const at = bytes.indexOf(newline)
  if ((at === -1 ? bytes.length : at) > maxLineBytes) {
    throw new SyntaxError('A line of quoted-printable is too long.')
  }
  return at + 1
}

function decodeLine(line: Uint8Array): Uint8Array {
  let end = line.length
  while (end > 0 && isBlank(line[end - 1])) end--
  const isContinued = line[end - 1] === equals
  if (isContinued) end--

  const decoded = new Uint8Array(line.length)
  let length = 0
  for (let at = 0; at < end; at++) {
    const byte = line[at] ?? 0
    const escaped = byte === equals && at + 2 < end ? hexByte(line, at + 1) : undefined
    if (escaped !== undefined) at += 2
    else if ((byte < space && byte !== tab && byte !== carriageReturn) || byte === del) {
      throw new SyntaxError('A character of quoted-printable is not escaped.')
    }
    decoded[length++] = escaped ?? byte
  }
  if (!isContinued && line.at(-1) === newline) {
    if (line.at(-2) === carriageReturn) decoded[length++] = carriageReturn
    decoded[length++] = newline
  }
  return decoded.subarray(0, length)
}

function isBlank(byte: number | undefined): boolean {
  return byte === space || byte === tab || byte === carriageReturn || byte === newline
}

function hexByte(bytes: Uint8Array, at: number): number | undefined {
  const digits = String.fromCharCode(bytes[at] ?? 0, bytes[at + 1] ?? 0)
  return /^[\dA-Fa-f]{2}$/.test(digits) ? Number.parseInt(digits, 16) : undefined
}
