/*
 * Renders statements. Drizzle's own renderer tries each part of a statement as a dozen kinds, with a
 * walk up its classes for each, and makes an object per part; a request that compiles a statement
 * spends most of its time there. This one knows the few kinds that our statements consist of, in one
 * pass, and leaves a statement with any other part to Drizzle.
 */
import { Column, getTableName, Name, Placeholder, SQL, StringChunk, Table } from 'drizzle-orm'

/** Text with its parameters in order. */
export interface Rendered {
  readonly sql: string
  readonly params: unknown[]
}

/** Quotes an identifier. */
export function quoted(name: string): string {
  return `"${name.includes('"') ? name.replaceAll('"', '""') : name}"`
}

/**
 * Renders a statement; undefined if it has a part of another kind.
 *
 * @param placeOf the text of the parameter at a position
 */
export function renderFast(
  statement: SQL,
  placeOf: (position: number) => string,
): Rendered | undefined {
  const params: unknown[] = []
  let text = ''

  const addAll = (chunks: readonly unknown[]): boolean => {
    for (const chunk of chunks) if (!add(chunk)) return false
    return true
  }
  const addParameter = (value: unknown): true => {
    text += placeOf(params.length)
    params.push(value)
    return true
  }
  const add = (chunk: unknown): boolean => {
    if (chunk instanceof StringChunk) {
      text += chunk.value.length === 1 ? chunk.value[0] : chunk.value.join('')
      return true
    }
    if (chunk instanceof SQL) return addAll(chunk.queryChunks)
    if (chunk instanceof Name) {
      text += quoted(chunk.value)
      return true
    }
    if (chunk === undefined) return true
    if (typeof chunk !== 'object' || chunk === null) return addParameter(chunk)
    if (chunk instanceof Placeholder) return addParameter(chunk)
    if (chunk instanceof Table) {
      text += quoted(getTableName(chunk))
      return true
    }
    if (chunk instanceof Column) {
      text += `${quoted(getTableName(chunk.table))}.${quoted(chunk.name)}`
      return true
    }
    return false
  }
  return addAll(statement.queryChunks) ? { sql: text, params } : undefined
}
