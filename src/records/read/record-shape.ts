import { type SQL, sql } from 'drizzle-orm'
import type { RequestInfo } from '#filter/schema.ts'
import type { Collection } from '#catalog/collection.ts'
import type { Row } from '#database/batch.ts'
import { toStatement } from '#database/statement.ts'
import type { Field } from '#fields/definition/field-type.ts'
import { columnOf } from '#records/identifiers.ts'
import { dictionary } from '#kernel/dictionary.ts'

/** A record in API responses: its visible fields, with keys in byte order. */
export type RecordJson = Readonly<Record<string, unknown>>

/** A row of a record select, with its expanded records so far. */
export interface LoadedRecord {
  readonly id: string
  readonly row: Row
  readonly shape: Shape
  /** Undefined until a path has been followed. */
  expand: Map<string, LoadedRecord | readonly LoadedRecord[]> | undefined
}

/** The selected columns of a collection's records, and their names. */
export interface Shape {
  readonly collection: Collection
  /** The selected fields; column `c0` holds the first. */
  readonly columns: readonly Field[]
  /** The column list of a select from the collection's table, under its own name. */
  readonly list: SQL
  /** The name of the id column. */
  readonly idColumn: string
  /** The column name of a selected field. */
  columnName(field: Field): string
  /** The fields of the response, with keys in byte order. */
  readonly entries: readonly Entry[]
}

/** A key of a record's JSON, and how it is read. */
interface Entry {
  readonly key: string
  read(record: LoadedRecord, viewer: RequestInfo): unknown
}

/** Cached shapes without links, which most requests use, by viewer. */
const commonShapes = new WeakMap<Collection, Map<boolean, Shape>>()

/**
 * The shape of a collection's records for a viewer.
 *
 * A field the viewer may not see is not even selected, unless expanding needs it (`links`).
 */
export function shapeFor(
  collection: Collection,
  { isSuperuser }: RequestInfo,
  links: readonly Field[],
): Shape {
  if (links.length > 0) return createShape(collection, isSuperuser, links)

  const shapes = commonShapes.get(collection) ?? new Map<boolean, Shape>()
  const known = shapes.get(isSuperuser)
  if (known !== undefined) return known

  const shape = createShape(collection, isSuperuser, [])
  commonShapes.set(collection, shapes.set(isSuperuser, shape))
  return shape
}

function createShape(collection: Collection, seesHidden: boolean, links: readonly Field[]): Shape {
  const visible = collection.fields.filter(
    (field) => (seesHidden || !field.hidden) && !isSecret(collection, field),
  )
  const columns = [...new Set([...visible.filter((field) => !field.isHashed), ...links])]
  const names = new Map(columns.map((field, index) => [field, `c${index}`]))
  const columnName = (field: Field): string => names.get(field) ?? ''
  const id = collection.field('id')
  const entries: Entry[] = [
    ...visible.map((field) => fieldEntry(collection, field, columnName)),
    { key: 'collectionId', read: () => collection.id },
    { key: 'collectionName', read: () => collection.name },
    { key: 'expand', read: expandJson },
  ]
  return {
    idColumn: id === undefined ? '' : columnName(id),
    collection,
    columns,
    columnName,
    list: rendered(columns.map((field) => selected(collection, field, columnName))),
    entries: entries.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
  }
}

/** Fields that no viewer receives, whatever their options. */
function isSecret(collection: Collection, field: Field): boolean {
  return collection.auth !== undefined && (field.name === 'password' || field.name === 'tokenKey')
}

function selected(collection: Collection, field: Field, nameOf: (field: Field) => string): SQL {
  return sql`${columnOf(collection.name, field.name)} AS ${sql.identifier(nameOf(field))}`
}

/** Renders a list of identifiers once instead of for every request. */
function rendered(list: readonly SQL[]): SQL {
  return sql.raw(toStatement(sql.join([...list], sql`, `)).sql)
}

function fieldEntry(
  collection: Collection,
  field: Field,
  columnName: (field: Field) => string,
): Entry {
  const { name } = field
  const column = columnName(field)
  // The password hash is not selected; a password is always shown as empty.
  if (column === '') return { key: name, read: () => field.zero }

  const consent = collection.auth === undefined ? undefined : collection.field('emailVisibility')
  if (name !== 'email' || consent === undefined) {
    return { key: name, read: ({ row }) => field.fromColumn(row[column]) }
  }
  const consentColumn = columnName(consent)
  return {
    key: name,
    read: (record, viewer) =>
      showsEmail(record, viewer, consentColumn) ? field.fromColumn(record.row[column]) : undefined,
  }
}

/** An account's address is shown by its own consent, to itself, to superusers and to its managers. */
function showsEmail(
  { id, row }: LoadedRecord,
  viewer: RequestInfo,
  consentColumn: string,
): boolean {
  if (viewer.isSuperuser || id === viewer.auth?.id) return true
  return row['m'] === 1 || row[consentColumn] === 1
}

/** A record as the viewer receives it, from its columns by name, without expanded records. */
export function snapshotJson(
  collection: Collection,
  row: Row,
  viewer: RequestInfo,
  isManager: boolean,
): RecordJson {
  const shape = shapeFor(collection, viewer, [])
  const columns = shape.columns.map((field) => [shape.columnName(field), row[field.name]] as const)
  const named = { ...Object.fromEntries(columns), m: isManager ? 1 : 0 }
  return recordJson({ id: String(row['id']), row: named, shape, expand: undefined }, viewer)
}

/** A record as the viewer receives it. */
export function recordJson(record: LoadedRecord, viewer: RequestInfo): RecordJson {
  const json = dictionary<unknown>()
  for (const { key, read } of record.shape.entries) {
    const content = read(record, viewer)
    if (content !== undefined) json[key] = content
  }
  return json
}

function expandJson({ expand }: LoadedRecord, viewer: RequestInfo): RecordJson | undefined {
  if (expand === undefined) return undefined
  const json = dictionary<unknown>()
  for (const [key, related] of [...expand].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    json[key] =
      'row' in related
        ? recordJson(related, viewer)
        : related.map((each) => recordJson(each, viewer))
  }
  return json
}
