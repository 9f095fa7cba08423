import type { FileSweep } from '#database/file-sweeps.ts'
import type { Upload, UploadSpool } from '#http/body/upload.ts'

declare module '#http/app-env.ts' {
  interface RequestServices {
    /** Stores uploaded files and removes orphaned ones. */
    readonly fileStore: FileStore
  }
}

/** A file to store. */
export interface NewFile {
  /** `COLLECTION ID/RECORD ID/NAME`. */
  readonly key: string
  /** The client's name for it. */
  readonly originalName: string
  /** Detected from its content. */
  readonly contentType: string
  readonly upload: Upload
}

/** Stores the contents of file fields. */
export interface FileStore {
  /** Receives files that are too large for memory. */
  readonly spool: UploadSpool
  /** Stores files. The keys of records' files are reserved first (`writeWithFiles`). */
  put(files: readonly NewFile[]): Promise<void>
  /** Removes files of released reservations after the response. */
  discard(announced: readonly FileSweep[]): void
  /** Removes orphaned files after the response. */
  sweep(): void
}
