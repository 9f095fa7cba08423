/** A file in PocketBase's storage. */
export interface StoredFile {
  readonly sizeBytes: number
  /** The attributes PocketBase recorded on upload; empty without a sidecar file. */
  readonly attributes: FileAttributes
}

/** The attributes that PocketBase stores beside a file. */
export interface FileAttributes {
  readonly contentType?: string
  readonly originalName?: string
  /** In hexadecimal. */
  readonly md5?: string
}

/** The files in `storage/`, by path: `<collection id>/<record id>/<name>`. */
export interface FileTree {
  /** Every path, including sidecar files and thumbnails. */
  paths(): AsyncIterable<string>
  /** Undefined if there is no such file. */
  find(path: string): Promise<StoredFile | undefined>
  /** Streams the content. */
  read(path: string): AsyncIterable<Uint8Array>
}

/** The suffix of sidecar files. */
export const sidecarSuffix = '.attrs'

/** Counts the uploaded files, without sidecar files and thumbnails. */
export async function countOriginals(tree: FileTree): Promise<number> {
  let count = 0
  for await (const path of tree.paths()) {
    if (path.split('/').length === 3 && !path.endsWith(sidecarSuffix)) count++
  }
  return count
}
