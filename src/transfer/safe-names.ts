/*
 * Ids and names become parts of paths and keys. What comes from a database, a data folder or an
 * archive may have been made by somebody else, so each is checked here before any path is made of it.
 */
import { byteLength } from '#kernel/text.ts'
import { LoadError } from './load-error.ts'

const collectionId = /^\w{1,100}$/
/** A file system takes 255 bytes; PocketBase adds `.attrs` to the name of a file. */
const maxNameBytes = 249
const separatorOrControl = /[/\\:\p{Cc}]/u
const onlyDotsAndSpaces = /^[. ]*$/
/** Names that Windows gives to devices, whatever follows the first dot. */
const device = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d¹²³]) *(?:\.|$)/i

/** Returns whether a text is the id of a collection: letters, digits and underscores. */
export function isCollectionId(text: string): boolean {
  return collectionId.test(text)
}

/** Returns whether a record's id or a file's name is one segment of a path on any file system. */
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
 * @throws {LoadError} for the first that is none
 */
export function assertCollectionIds(
  definitions: readonly { readonly id: string; readonly name: string }[],
): void {
  const unsafe = definitions.find(({ id }) => !isCollectionId(id))
  if (unsafe === undefined) return
  throw new LoadError(
    `The collection ${JSON.stringify(unsafe.name)} has the id ${JSON.stringify(unsafe.id)}. ` +
      'An id consists of letters, digits and underscores, at most 100. Nothing was read or written.',
  )
}
