import type { FileSweep } from '#database/file-sweeps.ts'
import type { Upload, UploadSpool } from '#http/upload.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** Stores what the request sends, and looks after what it leaves behind. */
    fileStore: FileStore
  }
}

/** A file that is to be stored. */
export interface NewFile {
  /** `COLLECTION ID/RECORD ID/NAME`. */
  readonly key: string
  /** What the client calls it. */
  readonly originalName: string
  /** By its content. */
  readonly contentType: string
  readonly upload: Upload
}

/** What keeps the contents of file fields. */
export interface FileStore {
  /** Takes files that are too large for memory while they arrive. */
  readonly spool: UploadSpool
  /** Stores files. Those of records are announced before (`writeWithFiles`). */
  put(files: readonly NewFile[]): Promise<void>
  /** Gives up, after the answer, what was announced and got no record. */
  discard(announced: readonly FileSweep[]): void
  /** Removes, after the answer, what is left behind. */
  sweep(): void
}
