import type { FileSweep } from '#database/file-sweeps.ts'
import type { Upload, UploadSpool } from '#http/upload.ts'

declare module 'hono' {
  interface ContextVariableMap {
    fileStore: FileStore
  }
}

/** A file that is to become a value of a record. */
export interface NewFile {
  /** `COLLECTION ID/RECORD ID/NAME`. */
  readonly key: string
  /** What the client calls it. */
  readonly originalName: string
  /** By its content. */
  readonly contentType: string
  readonly upload: Upload
  /** Whether the record is sure to name it once it is written; the stored value may win over it. */
  readonly isNamed: boolean
}

/** What keeps the contents of file fields. */
export interface FileStore {
  /** Takes files that are too large for memory while they arrive. */
  readonly spool: UploadSpool
  /** Stores files, whose keys are announced. */
  put(files: readonly NewFile[]): Promise<void>
  /** Gives up, after the answer, what was announced and got no record. */
  discard(announced: readonly FileSweep[]): void
  /** Removes, after the answer, what is left behind. */
  sweep(): void
}
