import { crc32 } from 'node:zlib'

/** A file of a small archive. */
export interface ZipEntry {
  readonly name: string
  readonly content: Uint8Array
  /** A checksum other than the content's. */
  readonly checksum?: number
}

/** A ZIP archive that stores its files uncompressed. */
export function zipOf(entries: readonly ZipEntry[]): Uint8Array {
  const files: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const name = Buffer.from(entry.name)
    const common = commonHeader(entry, name.length)
    const file = Buffer.concat([signature(0x04034b50), common, name, entry.content])
    directory.push(Buffer.concat([directoryHeader(common, offset), name]))
    files.push(file)
    offset += file.length
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...files, list, end])
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

/** The common part of a file's header and its directory record. */
function commonHeader({ content, checksum = crc32(content) }: ZipEntry, nameBytes: number): Buffer {
  const header = Buffer.alloc(26)
  header.writeUInt16LE(20, 0)
  // The name is in UTF-8.
  header.writeUInt16LE(0x0800, 2)
  header.writeUInt32LE(checksum, 10)
  header.writeUInt32LE(content.length, 14)
  header.writeUInt32LE(content.length, 18)
  header.writeUInt16LE(nameBytes, 22)
  return header
}

function directoryHeader(common: Buffer, offset: number): Buffer {
  const rest = Buffer.alloc(14)
  rest.writeUInt32LE(offset, 10)
  return Buffer.concat([signature(0x02014b50), Buffer.from([20, 0]), common, rest])
}
