/*
 * Checks ids and names before they become parts of paths and keys. They come from a database, a
 * data folder or an archive, and may be malicious.
 */
import { byteLength } from '#kernel/text.ts'
import { LoadError } from './load-error.ts'

const collectionId = /^\w{1,100}$/
/** A file system allows 255 bytes, and PocketBase adds `.attrs` to the name of a file. */
const maxNameBytes = 249
const separatorOrControl = /[/\\:\p{Cc}]/u
const onlyDotsAndSpaces = /^[. ]*$/
/** Names that Windows reserves for devices, also with any extension. */
const device = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d¹²³]) *(?:\.|$)/i

/** Returns true if a string is a collection id: letters, digits and underscores. */
export function isCollectionId(text: string): boolean {
  return collectionId.test(text)
}

/** Returns true if a record id or file name is a single path segment on any file system. */
export function isSafeName(text: string): boolean {
  return (
    byteLength(text) <= maxNameBytes &&
    text.isWellFormed() &&
    !separatorOrControl.test(text) &&
    !onlyDotsAndSpaces.test(text) &&
    !device.test(text)
  )
}

/**
 * Checks the ids of collections.
 *
 * @throws {LoadError} For the first invalid one.
 */
export function assertCollectionIds(
  definitions: readonly { readonly id: string; readonly name: string }[],
): void {
  const unsafe = definitions.find(({ id }) => !isCollectionId(id))
  if (unsafe === undefined) return
  throw new LoadError(
    `The collection ${JSON.stringify(unsafe.name)} has the id ${JSON.stringify(unsafe.id)}. ` +
      'An id consists of at most 100 letters, digits and underscores. Nothing was read or written.',
  )
}
