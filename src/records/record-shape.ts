import type { Row } from '#database/batch.ts'
import type { Collection } from '#collections/collection.ts'
import type { Field } from '#fields/field-type.ts'
import type { Viewer } from './viewer.ts'

/** A record as the API answers it: its visible fields, keys in byte order. */
export type RecordJson = Readonly<Record<string, unknown>>

/** A row of a record select, with what expanding has found for it so far. */
export interface LoadedRecord {
  readonly id: string
  readonly row: Row
  readonly section: Shape
  /** Undefined until a path has been followed. */
  expand: Record<string, unknown> | undefined
}

/** What of a collection's records a viewer sees, and in which columns of a select it arrives. */
export interface Shape {
  readonly collection: Collection
  /** The selected fields; column `c0` holds the first. */
  readonly columns: readonly Field[]
  position(field: Field): number
  toJson(record: LoadedRecord): RecordJson
}

/** Fields that no viewer ever receives, whatever their options say. */
function isSecret(collection: Collection, field: Field): boolean {
  return collection.auth !== undefined && (field.name === 'password' || field.name === 'tokenKey')
}

/**
 * The shape of a collection's records for a viewer.
 *
 * A field the viewer may not see is not even selected, unless expanding needs it (`links`).
 */
export function shapeFor(collection: Collection, viewer: Viewer, links: readonly Field[]): Shape {
  const visible = collection.fields.filter(
    (field) => (viewer.isSuperuser || !field.hidden) && !isSecret(collection, field),
  )
  const columns = [...new Set([...visible.filter((field) => !field.isHashed), ...links])]
  const positions = new Map(columns.map((field, index) => [field, index]))
  const entries: { key: string; field?: Field }[] = [
    ...visible.map((field) => ({ key: field.name, field })),
    { key: 'collectionId' },
    { key: 'collectionName' },
    { key: 'expand' },
  ]
  entries.sort((a, b) => (a.key < b.key ? -1 : 1))

  function value(record: LoadedRecord, key: string, field: Field | undefined): unknown {
    if (field !== undefined) {
      const column = positions.get(field)
      return column === undefined ? field.zero : field.fromColumn(record.row[`c${column}`])
    }
    if (key === 'collectionId') return collection.id
    return key === 'collectionName' ? collection.name : expandOf(record)
  }

  return {
    collection,
    columns,
    position: (field) => positions.get(field) ?? -1,
    toJson: (record) => {
      const json: Record<string, unknown> = {}
      for (const { key, field } of entries) {
        if (key === 'email' && field && !showsEmail(record, collection, viewer)) continue
        const content = value(record, key, field)
        if (content !== undefined) json[key] = content
      }
      return json
    },
  }

  /** An account's address is shown by its own consent, to itself, to superusers and to its managers. */
  function showsEmail(record: LoadedRecord, of: Collection, to: Viewer): boolean {
    if (of.auth === undefined || to.isSuperuser || record.id === to.request.auth?.id) return true
    const consent = of.field('emailVisibility')
    const column = consent && positions.get(consent)
    return record.row['m'] === 1 || (column !== undefined && record.row[`c${column}`] === 1)
  }
}

function expandOf({ expand }: LoadedRecord): Record<string, unknown> | undefined {
  if (expand === undefined) return undefined
  return Object.fromEntries(
    Object.entries(expand)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, related]) => [
        key,
        Array.isArray(related) ? related.map(jsonOf) : jsonOf(related as LoadedRecord),
      ]),
  )
}

function jsonOf(record: LoadedRecord): RecordJson {
  return record.section.toJson(record)
}
