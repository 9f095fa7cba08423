import * as z from 'zod'
import type { FieldDefinition } from '#fields/definition/field-type.ts'
import { completeChanged, completeNew } from './complete-definition.ts'
import { decodeDefinition } from './decode-definition.ts'
import { fieldById } from '#collections/validate/definition-check.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { blankFor, type CollectionBody, type Draft } from './draft-definition.ts'
import { addField } from './field-list.ts'
import { importFailure } from './import-failure.ts'
import { fromLegacy, isLegacy } from './legacy-format.ts'

/** A requested import. */
export interface CollectionImport {
  readonly collections: readonly CollectionBody[]
  /** Deletes collections and fields that the document does not name, except system ones. */
  readonly deleteMissing: boolean
}

/**
 * Drafts the definitions of an import in the order of storing them: views last, as they may read
 * the others.
 *
 * @throws {ApiError} `importFailed`
 */
export function draftImport(
  stored: readonly CollectionDefinition[],
  { collections, deleteMissing }: CollectionImport,
  now: Date,
): Draft[] {
  return collections
    .map((body) => draftItem(stored, body, { deleteMissing, now }))
    .toSorted(({ next: a }, { next: b }) => {
      const byType = Number(a.type === 'view') - Number(b.type === 'view')
      return byType || compare(a.created, b.created) || compare(a.updated, b.updated)
    })
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

function draftItem(
  stored: readonly CollectionDefinition[],
  item: CollectionBody,
  { deleteMissing, now }: { readonly deleteMissing: boolean; readonly now: Date },
): Draft {
  const note = isLegacy(item) ? legacyNote(item) : ''
  const body = isLegacy(item) ? readable(() => fromLegacy(item), note) : item
  const previous = identified(stored, body)
  if (previous === undefined) {
    const { definition, type } = decode(blankFor(body, body['id']), body, note)
    const isTaken = (id: string) => stored.some((other) => other.id === id)
    return { next: completeNew(definition, { isTaken, now }), previous, type }
  }

  const isCleared = deleteMissing && (body['fields'] ?? null) === null
  const { definition, type } = decode(previous, isCleared ? { ...body, fields: [] } : body, note)
  if (definition.id !== previous.id) {
    const name = JSON.stringify(definition.name)
    throw importFailure(`failed to save collection ${name}: primary key change is not allowed.`)
  }
  const restored = previous.fields.filter(({ system }) => system || !deleteMissing)
  const fields = restored.reduce(withStoredField, definition.fields)
  const changed = { ...definition, fields }
  return { next: completeChanged(changed, { previous, now }), previous, type }
}

/** The stored definition with an item's id, or else with its name. */
function identified(
  stored: readonly CollectionDefinition[],
  { id, name }: CollectionBody,
): CollectionDefinition | undefined {
  const identifier = String(id || name || '')
  return (
    stored.find((definition) => definition.id === identifier) ??
    stored.find((definition) => definition.name.toLowerCase() === identifier.toLowerCase())
  )
}

/**
 * Keeps a stored field that the item does not name. A field of the same name and type replaces it
 * under the stored id, so that its column is not dropped.
 */
function withStoredField(
  fields: readonly FieldDefinition[],
  stored: FieldDefinition,
): readonly FieldDefinition[] {
  if (fieldById(fields, stored.id) !== undefined) return fields
  const at = fields.findIndex(({ name, type }) => name === stored.name && type === stored.type)
  return at === -1 ? addField(fields, stored) : fields.with(at, stored)
}

function legacyNote({ name }: CollectionBody): string {
  return ` (${JSON.stringify(name)} is in the format of PocketBase 0.22 or older)`
}

/**
 * Decodes an item over a stored definition or a scaffold. `note` describes the format of the item.
 */
function decode(
  stored: CollectionDefinition,
  body: CollectionBody,
  note: string,
): ReturnType<typeof decodeDefinition> {
  return readable(() => decodeDefinition(stored, body), note)
}

/** @throws {ApiError} `importFailed` for a malformed item */
function readable<T>(read: () => T, note: string): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error
    throw importFailure(`${error.issues[0]?.message ?? error.message}${note}`, error)
  }
}
