import type { CollectionDefinition } from '#catalog/definition.ts'
import { parseIndex, type ParsedIndex } from '#catalog/indexes.ts'
import { tokenizeSql } from '#kernel/sql-tokens.ts'

/**
 * The position of the index that the database would not create, according to its message. Undefined
 * if the message does not say, or is about something else.
 *
 * The error of a batch does not name the statement. Of several indexes with the same error it is
 * the first, as they are created in order.
 */
export function findRefusedIndex(
  { fields, indexes }: CollectionDefinition,
  message: string,
): number | undefined {
  const find = (isMeant: (index: ParsedIndex, text: string) => boolean): number | undefined => {
    const position = indexes.findIndex((text) => {
      const index = parseIndex(text)
      return index !== undefined && isMeant(index, text)
    })
    return position === -1 ? undefined : position
  }

  const name = firstGroup(namedIndex, message)
  if (name !== undefined) return find((index) => equal(index.name, name))

  const columns = firstGroup(repeatedColumns, message)?.split(', ').map(columnName)
  if (columns !== undefined) return find((index) => index.unique && isOver(index, columns))

  // Indexes are created before views are tested, so it is an index that names the unknown field.
  const unknown = firstGroup(unknownName, message)
  if (unknown === undefined || fields.some((field) => equal(field.name, unknown))) return undefined
  return find((_, text) => mentions(text, unknown))
}

const namedIndex = /constraint failed: index '([^']+)'|\bindex (\S+) already exists/
const repeatedColumns = /UNIQUE constraint failed: ((?:\w+\.\w+(?:, )?)+)/
const unknownName =
  /no such (?:column|function|collation sequence): "?(\w+)(?![\w.])|near "([^()]+)": syntax error/

function firstGroup(pattern: RegExp, message: string): string | undefined {
  return pattern.exec(message)?.slice(1).find(Boolean)
}

function equal(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

function columnName(qualified: string): string {
  return qualified.slice(qualified.lastIndexOf('.') + 1)
}

function isOver({ columns }: ParsedIndex, names: readonly string[]): boolean {
  return (
    columns.length === names.length &&
    columns.every(({ name }, position) => equal(name, names[position] ?? ''))
  )
}

function mentions(text: string, name: string): boolean {
  return (tokenizeSql(text) ?? []).some(({ value }) => equal(value, name))
}
