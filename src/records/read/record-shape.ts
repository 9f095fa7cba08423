import { type SQL, sql } from 'drizzle-orm'
import type { RequestInfo } from '#filter/schema.ts'
import type { Collection } from '#catalog/collection.ts'
import type { Row } from '#database/batch.ts'
import { toStatement } from '#database/statement.ts'
import type { Field } from '#fields/definition/field-type.ts'
import { columnOf } from '#records/identifiers.ts'
import { dictionary } from '#kernel/dictionary.ts'
import { enrichRecord } from './enrich.ts'

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
  /** The bytes of all keys of the response. */
  readonly keyBytes: number
  /** The column of the consent that an address is shown by; undefined if it is not restricted. */
  readonly consentColumn: string | undefined
  /** The forms of a record's JSON, with its address and without, and with expanded records. */
  readonly forms: Readonly<
    Record<'open' | 'withheld', Readonly<Record<'plain' | 'expanded', Form>>>
  >
}

/** The keys of a record's JSON, in byte order, and the values of a row. */
interface Form {
  /** An object with all keys and the values that are the same for each record. */
  readonly template: RecordJson
  readonly entries: readonly Entry[]
}

/** A key of a record's JSON, the column it is read from, and how. */
interface Entry {
  readonly key: string
  readonly column: string
  readonly fromColumn: Field['fromColumn']
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
  const consent = collection.auth === undefined ? undefined : collection.field('emailVisibility')
  const keys = [...visible.map(({ name }) => name), 'collectionId', 'collectionName', 'expand']
  const formOf = (isEmailShown: boolean, isExpanded: boolean): Form => {
    const shown = visible.filter(({ name }) => isEmailShown || name !== 'email')
    return createForm(collection, shown, columnName, isExpanded)
  }
  const forms = {
    open: { plain: formOf(true, false), expanded: formOf(true, true) },
    withheld: { plain: formOf(false, false), expanded: formOf(false, true) },
  }
  return {
    idColumn: id === undefined ? '' : columnName(id),
    collection,
    columns,
    columnName,
    list: rendered(columns.map((field) => selected(collection, field, columnName))),
    keyBytes: keys.reduce((bytes, key) => bytes + key.length, 0),
    consentColumn: consent && columnName(consent),
    forms,
  }
}

function createForm(
  collection: Collection,
  fields: readonly Field[],
  columnName: (field: Field) => string,
  isExpanded: boolean,
): Form {
  const entries = fields
    .map((field) => ({ key: field.name, column: columnName(field), fromColumn: field.fromColumn }))
    // A password hash is not selected; a password is always shown as empty.
    .filter(({ column }) => column !== '')
  const values = [
    ...fields.map(({ name, zero }) => [name, zero] as const),
    ['collectionId', collection.id] as const,
    ['collectionName', collection.name] as const,
    ...(isExpanded ? [['expand', undefined] as const] : []),
  ]
  return { template: dictionary(values.toSorted(([a], [b]) => (a < b ? -1 : 1))), entries }
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

/** An account's address is shown by its own consent, to itself, to superusers and to its managers. */
function showsEmail({ id, row, shape }: LoadedRecord, viewer: RequestInfo): boolean {
  const { consentColumn } = shape
  if (consentColumn === undefined || viewer.isSuperuser || id === viewer.auth?.id) return true
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
  const { row, shape, expand } = record
  const forms = shape.forms[showsEmail(record, viewer) ? 'open' : 'withheld']
  const { template, entries } = expand === undefined ? forms.plain : forms.expanded
  // A copy of an object with all keys is several times as fast as adding them one by one. The keys
  // are its own, so that assigning to them reaches no prototype.
  const json: Record<string, unknown> = { ...template }
  for (const { key, column, fromColumn } of entries) json[key] = fromColumn(row[column])
  if (expand !== undefined) json['expand'] = expandJson(expand, viewer)
  const { enrich } = shape.collection
  return enrich === undefined ? json : enrichRecord(enrich, json, viewer)
}

function expandJson(expand: NonNullable<LoadedRecord['expand']>, viewer: RequestInfo): RecordJson {
  const json = dictionary<unknown>()
  for (const [key, related] of [...expand].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    json[key] =
      'row' in related
        ? recordJson(related, viewer)
        : related.map((each) => recordJson(each, viewer))
  }
  return json
}
