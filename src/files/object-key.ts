/*
 * The keys in the bucket of files: `COLLECTION/RECORD/NAME` with ids, like PocketBase's paths on
 * disk, and thumbnails beside them. Keys with a leading `@` belong to no collection.
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

/** The prefix of the keys of all thumbnails of a file. */
export function thumbPrefix(original: string): string {
  const at = original.lastIndexOf('/') + 1
  return `${original.slice(0, at)}thumbs_${original.slice(at)}/`
}

/** The file that a key belongs to, either as the file itself or as its thumbnail. */
export interface KeyOwner {
  readonly collectionId: string
  readonly recordId: string
  readonly name: string
}

/** Parses the owner of a key; undefined if it is no file's. */
export function ownerOf(key: string): KeyOwner | undefined {
  const [collectionId = '', recordId = '', name = '', ...rest] = key.split('/')
  if (collectionId.startsWith('@') || name === '') return undefined
  if (rest.length === 0) return { collectionId, recordId, name }
  return name.startsWith('thumbs_')
    ? { collectionId, recordId, name: name.slice('thumbs_'.length) }
    : undefined
}

/** The prefix of spooled uploads. */
export const spoolPrefix = '@uploads/'
