/* Matchers for the head of a file, which is a string in which each character is a byte. */

/** Bytes at the start of a file that decide its type. */
export const sniffedBytes = 3072

/** Returns true if a file with this head has the type. */
export type Matcher = (head: string) => boolean

/** A content type and its matcher. */
export interface ContentType {
  readonly type: string
  /** The usual file extension, with the dot. */
  readonly extension: string
  /** Other names of the type. */
  readonly aliases?: readonly string[]
  readonly matches: Matcher
  /** More specific types, checked after this one matches. */
  readonly kinds?: readonly ContentType[]
}

/** Declares a row of the tables of types. */
export function kind(
  type: string,
  extension: string,
  matches: Matcher,
  more: Pick<ContentType, 'aliases' | 'kinds'> = {},
): ContentType {
  return { type, extension, matches, ...more }
}

/** Matches one of these at the very start. */
export function beginsWith(...signatures: readonly string[]): Matcher {
  return dataAt(0, ...signatures)
}

/** Matches one of these at an offset. */
export function dataAt(offset: number, ...signatures: readonly string[]): Matcher {
  return (head) => signatures.some((signature) => head.startsWith(signature, offset))
}

/** Matches if any of the matchers does. */
export function either(...matchers: readonly Matcher[]): Matcher {
  return (head) => matchers.some((matches) => matches(head))
}

/** Matches if both matchers do. */
export function both(first: Matcher, second: Matcher): Matcher {
  return (head) => first(head) && second(head)
}

/** Matches a file of the MP4 family with one of these brands. */
export function brand(...brands: readonly string[]): Matcher {
  return dataAt(8, ...brands)
}

/** Reads a big-endian number; undefined if there are too few bytes. */
export function numberAt(head: string, offset: number, bytes: number): number | undefined {
  return numberOf(codesAt(head, offset, bytes), bytes)
}

/** Reads a little-endian number; undefined if there are too few bytes. */
export function numberLeAt(head: string, offset: number, bytes: number): number | undefined {
  return numberOf(codesAt(head, offset, bytes).toReversed(), bytes)
}

function codesAt(head: string, offset: number, bytes: number): number[] {
  return Array.from(head.slice(offset, offset + bytes), (byte) => byte.charCodeAt(0))
}

function numberOf(codes: readonly number[], bytes: number): number | undefined {
  return codes.length < bytes ? undefined : codes.reduce((number, code) => number * 256 + code, 0)
}

/** The sums of all bytes, unsigned and signed. */
export function sums(bytes: string): readonly [unsigned: number, signed: number] {
  const codes = Array.from(bytes, (byte) => byte.charCodeAt(0))
  const unsigned = codes.reduce((sum, code) => sum + code, 0)
  return [unsigned, unsigned - 256 * codes.filter((code) => code > 0x7f).length]
}

/**
 * Matches a Microsoft compound file whose root has a class that starts with one of these.
 *
 * @see https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-cfb
 */
export function clsid(...classes: readonly string[]): Matcher {
  return (head) => {
    const sectorBytes = head.startsWith('\x04\0', 26) ? 4096 : 512
    const sector = numberLeAt(head, 48, 4)
    if (head.length < 512 || sector === undefined) return false
    const root = sectorBytes * (1 + sector) + 80
    return head.length > root + 16 && dataAt(root, ...classes)(head)
  }
}

/** Matches an archive with one of these names among its first entries. */
export function zipHas(entries: number, ...names: readonly string[]): Matcher {
  return (head) => zipNames(head, entries).some((name) => names.includes(name))
}

const officeBeginnings = ['_rels/', 'docProps/', 'customXml/', '[trash]/']

/** Matches an Office archive with an entry in this folder. All Office archives start alike. */
export function officeArchive(folder: string): Matcher {
  return (head) => {
    const names = zipNames(head, 100)
    const [first = ''] = names
    const isOffice =
      first === '[Content_Types].xml' ||
      [...officeBeginnings, folder].some((beginning) => first.startsWith(beginning))
    return isOffice && names.some((name) => name.startsWith(folder))
  }
}

/** The names of the entries in the head of an archive, up to the first one without a name. */
function zipNames(head: string, most: number): string[] {
  const names: string[] = []
  let at = 0
  while (names.length < most) {
    const header = head.indexOf('PK\x03\x04', at)
    const length = header === -1 ? undefined : numberLeAt(head, header + 26, 2)
    if (length === undefined) break
    at = header + 30
    const name = head.slice(at, at + length)
    if (name === '' || name.length < length) break
    names.push(name)
  }
  return names
}
