/*
 * Where things are in the bucket of files: `COLLECTION/RECORD/NAME` by their ids, as PocketBase has
 * it on disk, with thumbnails beside them. What begins with `@` belongs to no collection.
 */

/** The key of a file of a record. */
export function fileKey(collectionId: string, recordId: string, name: string): string {
  return `${collectionId}/${recordId}/${name}`
}

/** The key of a thumbnail of a file. */
export function thumbKey(original: string, size: string): string {
  const at = original.lastIndexOf('/') + 1
  const name = original.slice(at)
  return `${thumbPrefix(original)}${size}_${name}`
}

/** What the keys of all thumbnails of a file begin with. */
export function thumbPrefix(original: string): string {
  const at = original.lastIndexOf('/') + 1
  return `${original.slice(0, at)}thumbs_${original.slice(at)}/`
}

/** A file that a key belongs to: it is the file's own, or that of a thumbnail. */
export interface KeyOwner {
  readonly collectionId: string
  readonly recordId: string
  readonly name: string
}

/** The file that a key belongs to; undefined for one that is no file's. */
export function ownerOf(key: string): KeyOwner | undefined {
  const [collectionId = '', recordId = '', name = '', ...rest] = key.split('/')
  if (collectionId.startsWith('@') || name === '') return undefined
  if (rest.length === 0) return { collectionId, recordId, name }
  return name.startsWith('thumbs_')
    ? { collectionId, recordId, name: name.slice('thumbs_'.length) }
    : undefined
}

/** Where files wait that were too large for memory while they arrived. */
export const spoolPrefix = '@uploads/'
