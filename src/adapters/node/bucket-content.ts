/*
 * The files that hold the content of objects. A file has a random name of lower-case letters and
 * digits, whatever the key: no key can leave the folder, be too long for the file system, or differ from
 * another one in case only.
 */
import { createHash, randomUUID } from 'node:crypto'
import { constants, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { type FileHandle, open, readFile, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** A part of a file. */
export interface FileRange {
  readonly offset: number
  readonly length: number
}

/** A file that was written, but belongs to no object yet. */
export interface WrittenFile {
  readonly file: string
  readonly size: number
  /** MD5, as in R2. */
  readonly etag: string
}

/** The content of an object, as it is given to the bucket. */
export type Content = ReadableStream<Uint8Array> | ArrayBuffer | Uint8Array | string

/** The bytes that are read at once. */
const chunkBytes = 256 * 1024

/** The folder of content: new files in `incoming`, the others by the first letters of their names. */
export class ContentFolder {
  readonly #folder: string
  readonly #incoming: string

  constructor(folder: string) {
    this.#folder = folder
    this.#incoming = join(folder, 'incoming')
    mkdirSync(this.#incoming, { recursive: true })
  }

  /** Writes a new file to the disk. It is deleted if that fails. */
  async write(content: Content | AsyncIterable<Uint8Array>): Promise<WrittenFile> {
    const file = randomUUID().replaceAll('-', '')
    const path = join(this.#incoming, file)
    const handle = await open(
      path,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
      0o600,
    )
    try {
      const written = await writeAll(handle, content)
      await handle.datasync()
      await handle.close()
      await this.#syncIncoming()
      return { file, ...written }
    } catch (error) {
      await handle.close().catch(() => undefined)
      await this.delete(file)
      throw error
    }
  }

  /** Moves a file out of `incoming`, once the index has it. */
  keep(file: string): void {
    const [from, to] = [join(this.#incoming, file), this.#keptPath(file)]
    try {
      renameSync(from, to)
    } catch (error) {
      if (!isMissing(error)) throw error
      mkdirSync(dirname(to), { recursive: true })
      renameSync(from, to)
    }
  }

  /** Reads a file, or a part of it. The file is opened when the stream is read. */
  stream(file: string, { offset, length }: FileRange): ReadableStream<Uint8Array> {
    return readStream(this.#keptPath(file), offset, length)
  }

  async read(file: string): Promise<Buffer> {
    return await readFile(this.#keptPath(file))
  }

  /** A missing file is no error. */
  async delete(file: string): Promise<void> {
    for (const path of [this.#keptPath(file), join(this.#incoming, file)]) {
      await unlink(path).catch((error: unknown) => {
        if (!isMissing(error)) throw error
      })
    }
  }

  /** The files in `incoming`: a process that ended left them. */
  leftOver(): string[] {
    return readdirSync(this.#incoming)
  }

  #keptPath(file: string): string {
    return join(this.#folder, file.slice(0, 2), file)
  }

  /** Makes the names of new files survive a loss of power. */
  async #syncIncoming(): Promise<void> {
    // Windows cannot open folders, and does not need to.
    if (process.platform === 'win32') return
    const folder = await open(this.#incoming, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  }
}

async function writeAll(
  handle: FileHandle,
  content: Content | AsyncIterable<Uint8Array>,
): Promise<{ size: number; etag: string }> {
  const hash = createHash('md5')
  let size = 0
  for await (const chunk of chunksOf(content)) {
    hash.update(chunk)
    size += chunk.byteLength
    for (let at = 0; at < chunk.byteLength;) {
      at += (await handle.write(chunk, at)).bytesWritten
    }
  }
  return { size, etag: hash.digest('hex') }
}

function chunksOf(
  content: Content | AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  if (typeof content === 'string') return [Buffer.from(content)]
  if (content instanceof ArrayBuffer) return [new Uint8Array(content)]
  return content instanceof Uint8Array ? [content] : content
}

function readStream(path: string, offset: number, length: number): ReadableStream<Uint8Array> {
  let handle: FileHandle | undefined
  let [at, left] = [offset, length]
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          handle ??= await open(path, 'r')
          const buffer = new Uint8Array(Math.min(left, chunkBytes))
          const { bytesRead } = await handle.read(buffer, 0, buffer.length, at)
          if (bytesRead === 0 && left > 0) throw new Error('The file of an object is too short.')
          at += bytesRead
          left -= bytesRead
          if (bytesRead > 0) controller.enqueue(buffer.subarray(0, bytesRead))
          if (left > 0) return
          controller.close()
          await handle.close()
        } catch (error) {
          await handle?.close().catch(() => undefined)
          throw error
        }
      },
      async cancel() {
        await handle?.close()
      },
    },
    { highWaterMark: 0 },
  )
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
