/*
 * Formats that are not recognised by a few bytes at an offset alone. The head of a file is a string
 * in which each character is a byte.
 */
import {
  beginsWith,
  both,
  dataAt,
  type Matcher,
  numberAt,
  numberLeAt,
  sums,
} from '#go-compat/pattern/byte-patterns.ts'

/** An archive with entries, an empty one, or a split one. */
export function isZip(head: string): boolean {
  return (
    head.startsWith('PK') &&
    '\x03\x05\x07'.includes(head[2] ?? ' ') &&
    '\x04\x06\x08'.includes(head[3] ?? ' ')
  )
}

/** An executable archive: its first entry has a mark in its extra field. */
export function isExecutableJar(head: string): boolean {
  const name = numberLeAt(head, 26, 2)
  return name !== undefined && numberLeAt(head, 30 + name, 2) === 0xcafe
}

/** A signature in text form, or in DER with the number of "signed data" after the length. */
export function isSignature(head: string): boolean {
  if (head.startsWith('-----BEGIN PKCS7')) return true
  const length = '\x80\x81\x82\x83\x84'.indexOf(head.charAt(1))
  return (
    head.length >= 20 &&
    head.startsWith('0') &&
    length !== -1 &&
    head.startsWith('\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07', 2 + length)
  )
}

/** An Ogg stream whose first page has one of these codecs. */
export function oggCodec(...codecs: readonly string[]): Matcher {
  return both((head) => head.length >= 37, dataAt(28, ...codecs))
}

/** A JPEG 2000 image, by its brand. */
export function jpeg2000(kind: string): Matcher {
  return both(dataAt(4, 'jP  ', 'jP2 '), dataAt(20, kind))
}

/** A RIFF-like container: four letters, a size, and the kind of its content. */
export function chunks(container: string, kind: string): Matcher {
  return both((head) => head.length > 12, both(beginsWith(container), dataAt(8, kind)))
}

/** True if the byte at an offset is in a range, ends included. */
export function byteBetween(head: string, at: number, low: number, high: number): boolean {
  const byte = head.charCodeAt(at)
  return low <= byte && byte <= high
}

/** The sizes of the second header, one for each version of the format. */
const bitmapHeaders = [16, 24, 40, 48, 52, 56, 64, 108, 124]

export function isBitmap(head: string): boolean {
  return head.startsWith('BM') && bitmapHeaders.includes(numberLeAt(head, 14, 4) ?? 0)
}

/** @see https://www.gnu.org/software/tar/manual/html_node/Standard.html */
export function isTar(head: string): boolean {
  if (head.length < 512 || head.slice(0, 100).includes('/gpkg-1\0')) return false
  const digits = head.slice(148, 156).replaceAll(/^[ \0]+|[ \0].*$/gs, '')
  if (!/^[0-7]+$/.test(digits)) return false
  return sums(`${head.slice(0, 148)}${' '.repeat(8)}${head.slice(156, 512)}`).includes(
    Number.parseInt(digits, 8),
  )
}

/** A spreadsheet of one of two Lotus generations. */
export function isLotus(head: string): boolean {
  if (head.length <= 20) return false
  if (head.startsWith('\0\0\x02\0')) return head[6] !== '\0' && head[7] === '\0'
  return head.startsWith('\0\0\x1a\0') && byteBetween(head, 20, 1, 31)
}

/** Tagged, or an MPEG layer 3 frame. */
export function isMp3(head: string): boolean {
  return head.length >= 3 && /^(?:ID3|\xff[\xfa\xfb\xf2\xf3\xe2\xe3])/.test(head)
}

/** A QuickTime movie: by its brand, or by its first atom if it is an old one without a brand. */
export function isQuickTime(head: string): boolean {
  if (head.length < 12) return false
  if (/^.{4}ftyp(?:qt {2}|moov)/s.test(head)) return head.startsWith('\0')
  return (
    head.startsWith('\0\0\0\x08wide') ||
    dataAt(4, 'moov\0', 'mdat\0', 'free\0', 'skip\0', 'pnot\0')(head)
  )
}

/** An EBML document whose header names this kind. */
export function matroska(kind: string): Matcher {
  return (head) => {
    const at = head.indexOf('\x42\x82')
    if (!head.startsWith('\x1a\x45\xdf\xa3') || at <= 0) return false
    // The length has one more byte than its first byte has leading zeros.
    const lengthBytes = Math.min(Math.clz32(head.charCodeAt(at + 2)) - 23, 8)
    return head.startsWith(kind, at + 2 + lengthBytes)
  }
}

/** A header with the lengths of a key and a signature, followed by both and an archive. */
export function isChromeExtension(head: string): boolean {
  const [key, signature] = [numberLeAt(head, 8, 4), numberLeAt(head, 12, 4)]
  if (!head.startsWith('Cr24') || key === undefined || signature === undefined) return false
  return isZip(head.slice(16 + key + signature))
}

/** The first table of a font that PocketBase recognises as TrueType is one of these. */
const fontTables =
  'acnt ankr avar bdat bhed bloc bsln cmap cvar cvt_ EBSC fdsc feat fmtx fond fpgm fvar gasp gcid glyf ' +
  'gvar hdmx head hhea hmtx hvgl hvpm just kern kerx lcar loca ltag maxp meta mort morx name opbd OS/2'

export function isTrueType(head: string): boolean {
  const table = head.slice(12, 16).replace(' ', '_')
  const count = numberAt(head, 4, 2) ?? 0
  return head.startsWith('\0\x01\0\0') && count < 49 && fontTables.split(' ').includes(table)
}

const shapes = [0, 1, 3, 5, 8, 11, 13, 15, 18, 21, 23, 25, 28, 31]

/** @see https://www.esri.com/content/dam/esrisites/sitecore-archive/Files/Pdfs/library/whitepapers/pdfs/shapefile.pdf */
export function isShape(head: string): boolean {
  return (
    head.startsWith('\0'.repeat(20), 4) &&
    numberLeAt(head, 28, 4) === 1000 &&
    shapes.includes(numberLeAt(head, 108, 4) ?? -1)
  )
}

const dbaseVersions =
  '\x02\x03\x04\x05\x30\x31\x32\x42\x62\x7b\x82\x83\x87\x8a\x8b\x8e\xb3\xcb\xe5\xf5\xf4\xfb'

/** A version, the day of the last change, and reserved bytes that are zero. */
export function isDbase(head: string): boolean {
  return (
    head.length >= 68 &&
    dbaseVersions.includes(head.charAt(0)) &&
    byteBetween(head, 2, 1, 12) &&
    byteBetween(head, 3, 1, 31) &&
    head.startsWith('\0\0', 12) &&
    head.startsWith('\0\0', 30) &&
    byteBetween(head, 28, 0, 1)
  )
}

/** A MARC record, by its leader. @see https://www.loc.gov/marc/specifications/specrecstruc.html */
export function isMarc(head: string): boolean {
  return /^\d{5}.{15}4500/s.test(head) && head.slice(0, 2048).includes('\x1e')
}

/** A frame, or a skippable one. @see https://www.rfc-editor.org/rfc/rfc8878 */
export function isZstandard(head: string): boolean {
  const magic = numberLeAt(head, 0, 4) ?? 0
  return (
    (0xfd2fb522 <= magic && magic <= 0xfd2fb528) || (0x184d2a50 <= magic && magic <= 0x184d2a5f)
  )
}

/** A version, and a non-zero number of types. @see https://www.rfc-editor.org/rfc/rfc9636 */
export function isTimeZone(head: string): boolean {
  return (
    head.length >= 44 && beginsWith('TZif\0', 'TZif2', 'TZif3')(head) && numberAt(head, 36, 4) !== 0
  )
}
