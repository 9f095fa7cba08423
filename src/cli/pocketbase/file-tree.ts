/** A file of PocketBase's storage. */
export interface StoredFile {
  readonly sizeBytes: number
  /** What PocketBase found out when it was uploaded; missing where its sidecar file is. */
  readonly attributes: FileAttributes
}

/** What PocketBase keeps beside a file. */
export interface FileAttributes {
  readonly contentType?: string
  readonly originalName?: string
  /** In hexadecimal digits. */
  readonly md5?: string
}

/** The files in `storage/`, by their path in it: `<collection id>/<record id>/<name>`. */
export interface FileTree {
  /** Every path, sidecar files and thumbnails included. */
  paths(): AsyncIterable<string>
  /** Undefined when there is no such file. */
  find(path: string): Promise<StoredFile | undefined>
  /** The content, from the beginning. */
  read(path: string): AsyncIterable<Uint8Array>
}

/** How PocketBase names the file that holds the attributes of another. */
export const sidecarSuffix = '.attrs'

/** How many files there are that were uploaded: without what PocketBase made of them or wrote beside. */
export async function countOriginals(tree: FileTree): Promise<number> {
  let count = 0
  for await (const path of tree.paths()) {
    if (path.split('/').length === 3 && !path.endsWith(sidecarSuffix)) count++
  }
  return count
}
