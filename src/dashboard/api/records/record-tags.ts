/*
 * The ETags of records, by the objects that have their values. A save names the state that it was made
 * for, and the server refuses it if the record has changed since.
 */

const tags = new WeakMap<object, string>()

/** Remembers the tag of a response for what it contains. */
export function keepTag(response: Response, data: unknown): void {
  const tag = response.headers.get('ETag')
  if (tag !== null && typeof data === 'object' && data !== null) tags.set(data, tag)
}

/** Gives what was made from a record the tag of the record. */
export function passTag<Made extends object>(record: object | undefined, made: Made): Made {
  const tag = record === undefined ? undefined : tags.get(record)
  if (tag !== undefined) tags.set(made, tag)
  return made
}

/** The headers of a write that is refused with 412 if the record is not as it was. */
export function ifUnchanged(known: object): Readonly<Record<string, string>> {
  const tag = tags.get(known)
  return tag === undefined ? {} : { 'If-Match': tag }
}
