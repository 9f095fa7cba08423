/*
 * Ways to tell how a file begins. Its beginning is a text in which each character is a byte.
 */

/** Bytes of a file's beginning that decide on its type. */
export const sniffedBytes = 3072

/** Whether a file that begins so is of a type. */
export type Matcher = (head: string) => boolean

/** A type, and how to tell it. */
export interface ContentType {
  readonly type: string
  /** The usual ending of its files, with the point. */
  readonly extension: string
  /** Further names. */
  readonly aliases?: readonly string[]
  readonly matches: Matcher
  /** More special types of files that are of this one. */
  readonly kinds?: readonly ContentType[]
}

/** A row of the tables of types. */
export function kind(
  type: string,
  extension: string,
  matches: Matcher,
  more: Pick<ContentType, 'aliases' | 'kinds'> = {},
): ContentType {
  return { type, extension, matches, ...more }
}

/** One of these at the very beginning. */
export function beginsWith(...signatures: readonly string[]): Matcher {
  return dataAt(0, ...signatures)
}

/** One of these at a place. */
export function dataAt(offset: number, ...signatures: readonly string[]): Matcher {
  return (head) => signatures.some((signature) => head.startsWith(signature, offset))
}

/** What matches either way. */
export function either(...matchers: readonly Matcher[]): Matcher {
  return (head) => matchers.some((matches) => matches(head))
}

/** What matches in both ways. */
export function both(first: Matcher, second: Matcher): Matcher {
  return (head) => first(head) && second(head)
}

/** A file of the family of MP4, of one of these brands. */
export function brand(...brands: readonly string[]): Matcher {
  return dataAt(8, ...brands)
}

/** A number of some bytes, the highest first; undefined where there are not as many. */
export function numberAt(head: string, offset: number, bytes: number): number | undefined {
  return numberOf(codesAt(head, offset, bytes), bytes)
}

/** A number of some bytes, the lowest first; undefined where there are not as many. */
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
 * A file of Microsoft's compound format whose root has a class that begins with one of these.
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

/** An archive with an entry of one of these names among its first. */
export function zipHas(entries: number, ...names: readonly string[]): Matcher {
  return (head) => zipNames(head, entries).some((name) => names.includes(name))
}

const officeBeginnings = ['_rels/', 'docProps/', 'customXml/', '[trash]/']

/** An archive of an office program, with an entry in a folder: it begins as they all do. */
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

/** The names of entries of an archive, as far as they are in its beginning, up to one without a name. */
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
