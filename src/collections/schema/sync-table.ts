/*
 * The schema of a collection: the statements that migrate from one definition to the next, for one
 * batch, which D1 rolls back if one of them fails. Tables are altered in place, column by column,
 * and never rebuilt, so rows keep their row ids.
 */
import { type Name, type SQL, sql } from 'drizzle-orm'
import { listIn } from '#database/json-list.ts'
import { columnDeclaration } from '#fields/definition/column-schema.ts'
import type { Field } from '#fields/definition/field-type.ts'
import { compileField } from '#fields/registry.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { formatIndex, parseIndex, type ParsedIndex } from '#catalog/indexes.ts'
import {
  dependentViews,
  inDependencyOrder,
  type ViewDefinition,
} from '#collections/views/view-dependencies.ts'
import { selectOfView } from '#collections/views/view-query.ts'

/**
 * The maximum number of fields. D1 allows 100 columns in a table and in a result. Three stay free:
 * a column that changes between single and multiple values briefly exists twice, and a result has
 * columns of its own beside a record's.
 */
export const maxFields = 97

/** Creates the table of a new collection with its indexes, or its view. */
export function createTable(definition: CollectionDefinition): SQL[] {
  if (definition.type === 'view') return createViews([definition])

  const columns = definition.fields
    .map(compileField)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(columnDefinition)
  const list = sql.join(columns, sql`, `)
  return [
    sql`CREATE TABLE ${sql.identifier(definition.name)} (${list})`,
    ...indexesOf(definition).map(createIndex),
  ]
}

/**
 * The statements that migrate a collection from one definition to the next; none if the schema
 * stays the same.
 *
 * `views` are all views in their future form. Those that read the collection are dropped first and
 * created again at the end. If one can no longer be read, the batch fails with the database's
 * message.
 *
 * Cost: values are copied if a column changes between single and multiple. An index is rebuilt if
 * it changed, or if any column or the table was renamed, converted or dropped.
 */
export function syncTable(
  previous: CollectionDefinition,
  next: CollectionDefinition,
  views: readonly ViewDefinition[],
): SQL[] {
  return next.type === 'view' || previous.type === 'view'
    ? syncView(previous, next, views)
    : syncStoredTable(previous, next, views)
}

/** Drops the table of a collection with its indexes, or its view. */
export function dropTable(definition: CollectionDefinition): SQL[] {
  const name = sql.identifier(definition.name)
  return [definition.type === 'view' ? sql`DROP VIEW ${name}` : sql`DROP TABLE ${name}`]
}

/** Creates views in order of dependency, and then reads each of them. */
export function createViews(views: readonly ViewDefinition[]): SQL[] {
  const ordered = inDependencyOrder(views)
  return [
    // The query was validated when it was stored: it is one SELECT and stays inside the
    // parentheses.
    ...ordered.map(
      ({ name, options }) =>
        sql`CREATE VIEW ${sql.identifier(name)} AS SELECT * FROM (${sql.raw(selectOfView(options.viewQuery))})`,
    ),
    // The database checks a view only when it is read.
    ...ordered.map(({ name }) => sql`SELECT 1 FROM ${sql.identifier(name)} LIMIT 0`),
  ]
}

/** Drops views, in any order. */
export function dropViews(views: readonly ViewDefinition[]): SQL[] {
  return views.flatMap(dropTable)
}

function syncView(
  previous: CollectionDefinition,
  next: CollectionDefinition,
  views: readonly ViewDefinition[],
): SQL[] {
  if (next.type !== 'view' || previous.type !== 'view') {
    throw new Error('A collection cannot turn into a view, nor a view into a table.')
  }
  if (previous.name === next.name && previous.options.viewQuery === next.options.viewQuery)
    return []

  const others = views.filter(({ id }) => id !== next.id)
  const dependents = dependentViews([previous.name, next.name], others)
  return [...dropViews([...dependents, previous]), ...createViews([next, ...dependents])]
}

function syncStoredTable(
  previous: CollectionDefinition,
  next: CollectionDefinition,
  views: readonly ViewDefinition[],
): SQL[] {
  const rename = renameTable(previous.name, next.name)
  const change = compareFields(previous, next)
  const alter = alterColumns(next.name, change)
  // SQLite parses the whole schema again if a column is dropped or a name changes.
  const isRestructured = rename.length > 0 || alter.length > 0
  const dependents = isRestructured ? dependentViews([previous.name, next.name], views) : []
  const indexes = compareIndexes(previous, next, isRestructured)

  return [
    ...dropViews(dependents),
    ...indexes.dropped.map(({ name }) => sql`DROP INDEX IF EXISTS ${sql.identifier(name)}`),
    ...rename,
    ...alter,
    ...change.added.map((field) => addColumn(next.name, field)),
    ...indexes.created.map(createIndex),
    ...createViews(dependents),
  ]
}

function renameTable(from: string, to: string): SQL[] {
  if (from === to) return []
  const rename = (a: string, b: string) =>
    sql`ALTER TABLE ${sql.identifier(a)} RENAME TO ${sql.identifier(b)}`
  // SQLite ignores case, so the name is taken.
  const isCaseOnly = from.toLowerCase() === to.toLowerCase()
  return isCaseOnly ? [rename(from, aside(from)), rename(aside(from), to)] : [rename(from, to)]
}

/** A unique name: collections and fields have only word characters in their names. */
function aside(name: string): string {
  return `${name}:aside`
}

/** The fields of two definitions, matched by id. */
interface FieldChange {
  readonly dropped: readonly Field[]
  readonly kept: readonly { readonly from: Field; readonly to: Field }[]
  readonly added: readonly Field[]
}

function compareFields(previous: CollectionDefinition, next: CollectionDefinition): FieldChange {
  const before = new Map(previous.fields.map((field) => [field.id, compileField(field)]))
  const after = new Map(next.fields.map((field) => [field.id, compileField(field)]))
  return {
    dropped: [...before].flatMap(([id, field]) => (after.has(id) ? [] : field)),
    kept: [...after].flatMap(([id, to]) => {
      const from = before.get(id)
      return from === undefined ? [] : { from, to }
    }),
    added: [...after].flatMap(([id, field]) => (before.has(id) ? [] : field)),
  }
}

/**
 * Drops, renames and converts columns, in an order in which no two have the same name at a time.
 */
function alterColumns(table: string, { dropped, kept }: FieldChange): SQL[] {
  const converted = kept.filter(
    ({ from, to }) => columnDeclaration(from.column) !== columnDeclaration(to.column),
  )
  return [
    ...dropped.map(({ name }) => dropColumn(table, name)),
    ...renameColumns(table, kept),
    ...converted.flatMap(({ from, to }) => convertColumn(table, from, to)),
  ]
}

function renameColumns(table: string, kept: FieldChange['kept']): SQL[] {
  const renamed = kept.filter(({ from, to }) => from.name !== to.name)
  const wanted = new Set(renamed.map(({ to }) => to.name.toLowerCase()))
  const isInTheWay = ({ from, to }: FieldChange['kept'][number]) =>
    wanted.has(from.name.toLowerCase()) && from.name.toLowerCase() !== to.name.toLowerCase()

  return [
    ...renamed
      .filter(isInTheWay)
      .map(({ from }) => renameColumn(table, from.name, aside(from.name))),
    ...renamed.map((pair) => {
      const { from, to } = pair
      return renameColumn(table, isInTheWay(pair) ? aside(from.name) : from.name, to.name)
    }),
  ]
}

function convertColumn(table: string, from: Field, to: Field): SQL[] {
  const old = aside(to.name)
  return [
    renameColumn(table, to.name, old),
    addColumn(table, to),
    copyColumn(table, from, to, sql.identifier(old)),
    dropColumn(table, old),
  ]
}

function copyColumn(table: string, from: Field, to: Field, old: Name): SQL {
  const update = sql`UPDATE ${sql.identifier(table)} SET ${sql.identifier(to.name)}`
  if (from.isMultiple === to.isMultiple) return sql`${update} = ${old} WHERE ${old} IS NOT NULL`

  return to.isMultiple
    ? sql`${update} = ${listIn(sql`${old}`)}`
    : sql`${update} = CASE
        WHEN ${old} IS NULL OR ${old} = '[]' THEN ''
        WHEN NOT json_valid(${old}) THEN ${old}
        WHEN json_type(${old}) = 'array' THEN coalesce(json_extract(${old}, '$[#-1]'), '')
        ELSE ${old} END`
}

function columnDefinition({ name, column }: Field): SQL {
  // The declaration is a constant of the field's type.
  return sql`${sql.identifier(name)} ${sql.raw(columnDeclaration(column))}`
}

function addColumn(table: string, field: Field): SQL {
  return sql`ALTER TABLE ${sql.identifier(table)} ADD COLUMN ${columnDefinition(field)}`
}

function dropColumn(table: string, name: string): SQL {
  return sql`ALTER TABLE ${sql.identifier(table)} DROP COLUMN ${sql.identifier(name)}`
}

function renameColumn(table: string, from: string, to: string): SQL {
  return sql`ALTER TABLE ${sql.identifier(table)} RENAME COLUMN ${sql.identifier(from)} TO ${sql.identifier(to)}`
}

/**
 * The indexes to drop and to create. Unchanged ones are in neither list, unless all are rebuilt.
 */
function compareIndexes(
  previous: CollectionDefinition,
  next: CollectionDefinition,
  isRestructured: boolean,
): { readonly dropped: readonly ParsedIndex[]; readonly created: readonly ParsedIndex[] } {
  const [before, after] = [indexesOf(previous), indexesOf(next)]
  if (isRestructured) return { dropped: before, created: after }

  const without = (indexes: readonly ParsedIndex[], others: readonly ParsedIndex[]) => {
    const known = new Set(others.map(formatIndex))
    return indexes.filter((index) => !known.has(formatIndex(index)))
  }
  return { dropped: without(before, after), created: without(after, before) }
}

/** The indexes of a definition, each on its own table, whatever table it names. */
function indexesOf(definition: CollectionDefinition): ParsedIndex[] {
  return definition.indexes
    .map(parseIndex)
    .filter((index) => index !== undefined)
    .map((index) => ({ ...index, table: definition.name }))
}

/** The statement that creates an index on the table it names. */
export function createIndex(index: ParsedIndex): SQL {
  // Formatted from parts that parseIndex validated, so it can only be one CREATE INDEX.
  return sql.raw(formatIndex(index))
}
