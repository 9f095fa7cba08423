/*
 * The bytes of a ZIP archive, written in order: the header and content of each entry, then the
 * directory. Sizes and offsets past 4 GiB use ZIP64.
 *
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */

/** An entry of the directory. */
export interface ZipEntry {
  readonly name: string
  /** Uncompressed, or with `deflate`. */
  readonly method: 'store' | 'deflate'
  readonly crc: number
  readonly compressedSize: number
  readonly size: number
  /** The offset of its header. */
  readonly offset: number
  /** Metadata of the entry; at most 65,535 bytes. */
  readonly comment: string
}

/** The properties that are known before the content. */
export type ZipStart = Pick<ZipEntry, 'name' | 'method' | 'compressedSize' | 'size'> & {
  /** Undefined if it is not known yet and follows the content. */
  readonly crc: number | undefined
}

/** The file is no archive, or incomplete. */
export class ZipError extends Error {
  override readonly name = 'ZipError'
}

const localSignature = 0x04034b50
const descriptorSignature = 0x08074b50
const centralSignature = 0x02014b50
const endSignature = 0x06054b50
const end64Signature = 0x06064b50
const locator64Signature = 0x07064b50

const limit32 = 0xffffffff
const limit16 = 0xffff
/** Names and comments are UTF-8. */
const utf8Flag = 0x0800
const descriptorFlag = 0x0008
const version = 45
/** The first day in ZIP's calendar, so that equal entries have equal bytes. */
const date = 0x0021

/** The bytes before an entry's content. */
export function localHeader({ name, method, crc, compressedSize, size }: ZipStart): Uint8Array {
  const nameBytes = new TextEncoder().encode(name)
  const isLarge = size >= limit32 || compressedSize >= limit32
  const extra = isLarge ? zip64Extra([size, compressedSize]) : new Uint8Array()
  const flags = utf8Flag | (crc === undefined ? descriptorFlag : 0)
  return joinedFields([
    [localSignature, 4],
    [version, 2],
    [flags, 2],
    [methodNumber(method), 2],
    [0, 2],
    [date, 2],
    [crc ?? 0, 4],
    [isLarge ? limit32 : compressedSize, 4],
    [isLarge ? limit32 : size, 4],
    [nameBytes.length, 2],
    [extra.length, 2],
    nameBytes,
    extra,
  ])
}

/** The bytes after the content of an entry whose checksum was not known before. */
export function dataDescriptor({
  crc,
  compressedSize,
  size,
}: Pick<ZipEntry, 'crc' | 'compressedSize' | 'size'>): Uint8Array {
  const width = size >= limit32 || compressedSize >= limit32 ? 8 : 4
  return joinedFields([
    [descriptorSignature, 4],
    [crc, 4],
    [compressedSize, width],
    [size, width],
  ])
}

/** The record of an entry in the directory. */
export function directoryLine(entry: ZipEntry): Uint8Array {
  const { name, method, crc, compressedSize, size, offset, comment } = entry
  const nameBytes = new TextEncoder().encode(name)
  const commentBytes = new TextEncoder().encode(comment)
  const large = [size, compressedSize, offset].filter((value) => value >= limit32)
  const extra = large.length > 0 ? zip64Extra(large) : new Uint8Array()
  return joinedFields([
    [centralSignature, 4],
    [version, 2],
    [version, 2],
    // A streamed entry has its checksum after the content.
    [utf8Flag | (method === 'store' ? descriptorFlag : 0), 2],
    [methodNumber(method), 2],
    [0, 2],
    [date, 2],
    [crc, 4],
    [Math.min(compressedSize, limit32), 4],
    [Math.min(size, limit32), 4],
    [nameBytes.length, 2],
    [extra.length, 2],
    [commentBytes.length, 2],
    [0, 2],
    [0, 2],
    [0, 4],
    [Math.min(offset, limit32), 4],
    nameBytes,
    extra,
    commentBytes,
  ])
}

/** The bytes after the directory, which end the archive. */
export function endOfArchive(count: number, size: number, offset: number): Uint8Array {
  const isLarge = count >= limit16 || size >= limit32 || offset >= limit32
  const end = joinedFields([
    [endSignature, 4],
    [0, 2],
    [0, 2],
    [Math.min(count, limit16), 2],
    [Math.min(count, limit16), 2],
    [Math.min(size, limit32), 4],
    [Math.min(offset, limit32), 4],
    [0, 2],
  ])
  if (!isLarge) return end
  const end64 = joinedFields([
    [end64Signature, 4],
    [44, 8],
    [version, 2],
    [version, 2],
    [0, 4],
    [0, 4],
    [count, 8],
    [count, 8],
    [size, 8],
    [offset, 8],
  ])
  const locator = joinedFields([
    [locator64Signature, 4],
    [0, 4],
    [offset + size, 8],
    [1, 4],
  ])
  return joinedFields([end64, locator, end])
}

/**
 * The number of bytes at the end of an archive that locate its directory. Our archives have no
 * comment there.
 */
export const endBytes = 22 + 20 + 56

/** Locates the directory from the last bytes of an archive. @throws {ZipError} */
export function readEnd(tail: Uint8Array): { count: number; size: number; offset: number } {
  const view = viewOf(tail)
  const at = tail.length - 22
  if (at < 0 || view.getUint32(at, true) !== endSignature)
    throw new ZipError('The end record is missing.')
  const plain = {
    count: view.getUint16(at + 10, true),
    size: view.getUint32(at + 12, true),
    offset: view.getUint32(at + 16, true),
  }
  const hasLocator = at >= 20 && view.getUint32(at - 20, true) === locator64Signature
  if (!hasLocator) return plain
  const end64 = at - 20 - 56
  if (end64 < 0 || view.getUint32(end64, true) !== end64Signature) {
    throw new ZipError('The end record is incomplete.')
  }
  return {
    count: wide(view, end64 + 32),
    size: wide(view, end64 + 40),
    offset: wide(view, end64 + 48),
  }
}

/**
 * Larger directories are neither written nor read, because a reader holds the directory in memory.
 * The directory of 200,000 files is smaller and takes 70 MB of memory.
 */
export const maxDirectoryBytes = 48 * 1024 * 1024

/** Entries of a directory, and the number of bytes they took. */
export interface DirectoryLines {
  readonly entries: readonly ZipEntry[]
  readonly used: number
}

/**
 * Reads at most `limit` entries whose records are complete in a chunk of the directory.
 *
 * @throws {ZipError} If a record is invalid.
 */
export function readDirectoryLines(bytes: Uint8Array, limit: number): DirectoryLines {
  const view = viewOf(bytes)
  const entries: ZipEntry[] = []
  let at = 0
  while (entries.length < limit && at + lineBytes <= bytes.length) {
    if (view.getUint32(at, true) !== centralSignature)
      throw new ZipError('A directory record is invalid.')
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) =>
      view.getUint16(at + field, true),
    ) as [number, number, number]
    const nameAt = at + lineBytes
    const extraAt = nameAt + nameLength
    const commentAt = extraAt + extraLength
    const end = commentAt + commentLength
    if (end > bytes.length) break
    const large = zip64Values(view, extraAt, commentAt)
    const widened = (field: number): number => {
      const value = view.getUint32(at + field, true)
      return value === limit32 ? (large.shift() ?? value) : value
    }
    const size = widened(24)
    const compressedSize = widened(20)
    const offset = widened(42)
    entries.push({
      name: textOf(bytes, nameAt, nameLength),
      method: methodOf(view.getUint16(at + 10, true)),
      crc: view.getUint32(at + 16, true),
      compressedSize,
      size,
      offset,
      comment: textOf(bytes, commentAt, commentLength),
    })
    at = end
  }
  return { entries, used: at }
}

/** The size of a directory record without its name and the fields after it. */
const lineBytes = 46

/** The length of an entry's header, from its first 30 bytes. @throws {ZipError} */
export function localHeaderLength(start: Uint8Array): number {
  const view = viewOf(start)
  if (start.length < 30 || view.getUint32(0, true) !== localSignature) {
    throw new ZipError('An entry is not where the directory says.')
  }
  return 30 + view.getUint16(26, true) + view.getUint16(28, true)
}

function zip64Extra(values: readonly number[]): Uint8Array {
  return joinedFields([
    [1, 2],
    [values.length * 8, 2],
    ...values.map((value) => [value, 8] as const),
  ])
}

function zip64Values(view: DataView, from: number, to: number): number[] {
  for (let at = from; at + 4 <= to;) {
    const length = view.getUint16(at + 2, true)
    if (at + 4 + length > to) throw new ZipError('A directory record is invalid.')
    if (view.getUint16(at, true) === 1) {
      return Array.from({ length: length >> 3 }, (_, n) => wide(view, at + 4 + n * 8))
    }
    at += 4 + length
  }
  return []
}

function methodNumber(method: ZipEntry['method']): number {
  return method === 'store' ? 0 : 8
}

function methodOf(number: number): ZipEntry['method'] {
  if (number === 0) return 'store'
  if (number === 8) return 'deflate'
  throw new ZipError('An entry has an unknown compression method.')
}

type Field = readonly [value: number, width: 2 | 4 | 8] | Uint8Array

function joinedFields(fields: readonly Field[]): Uint8Array {
  const length = fields.reduce(
    (sum, field) => sum + (field instanceof Uint8Array ? field.length : field[1]),
    0,
  )
  const bytes = new Uint8Array(length)
  const view = viewOf(bytes)
  let at = 0
  for (const field of fields) {
    if (field instanceof Uint8Array) {
      bytes.set(field, at)
      at += field.length
      continue
    }
    const [value, width] = field
    if (width === 2) view.setUint16(at, value, true)
    else if (width === 4) view.setUint32(at, value, true)
    else view.setBigUint64(at, BigInt(value), true)
    at += width
  }
  return bytes
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function wide(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true))
}

function textOf(bytes: Uint8Array, at: number, length: number): string {
  if (at + length > bytes.length) throw new ZipError('The directory is incomplete.')
  return new TextDecoder().decode(bytes.subarray(at, at + length))
}
