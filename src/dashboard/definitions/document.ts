/*
 * The definitions of collections as a document: what an export holds, and what an import may hold.
 */
import type { Definition } from '#dashboard/schema/definition.ts'
import { t } from '#dashboard/text/definition-texts.ts'

/** A definition as a document has it: any part may be missing. */
export type DocumentItem = Readonly<Record<string, unknown>>

/** The items of a document, or the reason why it is none. */
export type ReadDocument =
  | { readonly items: readonly DocumentItem[]; readonly fault?: undefined }
  | { readonly items?: undefined; readonly fault: string }

/** Writes definitions without the parts that belong to one deployment alone. */
export function writeDocument(collections: readonly Definition[]): string {
  return JSON.stringify(collections.map(itemOf), null, 2)
}

function itemOf(collection: Definition): DocumentItem {
  const { created: _, updated: __, oauth2, ...item } = collection
  if (typeof oauth2 !== 'object' || oauth2 === null) return item
  const { providers: ___, ...rest } = oauth2 as Readonly<Record<string, unknown>>
  return { ...item, oauth2: rest }
}

/** Reads a list of definitions, or an object that has one under `collections`. */
export function readDocument(text: string): ReadDocument {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { fault: t.definitions.noJson({ reason: error instanceof Error ? error.message : '' }) }
  }
  const list = Array.isArray(value)
    ? value
    : (value as { collections?: unknown } | null)?.collections
  if (!Array.isArray(list)) return { fault: t.definitions.noList }
  const isNamed = (item: unknown): item is DocumentItem =>
    typeof item === 'object' && item !== null && typeof (item as DocumentItem)['name'] === 'string'
  return list.every(isNamed) ? { items: list } : { fault: t.definitions.noName }
}
