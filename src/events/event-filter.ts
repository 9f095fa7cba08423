/*
 * Filters of subscribers: expressions of the filter language about the record of an event, with the
 * sight of superusers. `@old.field` is the value before an update, which only the event holds: such
 * names become columns of the tested row.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Collection, CollectionSet } from '#catalog/collection.ts'
import { publicFields } from '#catalog/record-events.ts'
import { createFilterQuery } from '#filter/query.ts'
import type { FilterCollection, RequestInfo } from '#filter/schema.ts'
import type { FilterNode, Operand } from '#filter/syntax/ast.ts'
import { FilterError } from '#filter/syntax/filter-error.ts'
import { parseFilter } from '#filter/syntax/parse.ts'

/** The alias of the row of `_events` in the statement around a filter. */
export const eventAlias = '#event'

const oldPrefix = '@old.'
const oldColumn = '#old_'

/** D1's maximum number of columns. */
const maxColumns = 100

/** Sees everything, and belongs to no request. */
const systemRequest: RequestInfo = {
  context: 'default',
  method: '',
  query: {},
  headers: {},
  body: {},
  auth: undefined,
  isSuperuser: true,
}

/** Collections, as long as the catalog is. */
interface FilterContext {
  readonly collections: CollectionSet
  readonly now: Date
}

/** The first error in a filter; undefined if there is none. */
export function eventFilterFault(
  collections: CollectionSet,
  collection: Collection,
  filter: string,
): FilterError | undefined {
  const condition = eventCondition({ collections, now: new Date() }, collection, filter)
  return condition instanceof FilterError ? condition : undefined
}

/**
 * The condition that an event passes a filter, in a statement that has the event under
 * `eventAlias`; or the error in the filter.
 */
export function eventCondition(
  { collections, now }: FilterContext,
  collection: Collection,
  filter: string,
): SQL | FilterError {
  if (filter.trim() === '') return sql`TRUE`
  const reserved = filter.indexOf('@request.')
  if (reserved !== -1) return new FilterError('There is no @request here.', reserved)
  const parsed = parseFilter(filter)
  if (!parsed.ok) return parsed.fault

  const names = new Set<string>()
  const node = withOldColumns(parsed.filter, names)
  if (collection.fields.length + names.size > maxColumns) {
    return new FilterError('The collection has too many fields to compare former values.', 0)
  }
  const query = createFilterQuery({
    catalog: collections,
    request: systemRequest,
    now,
    node: 'expression',
    // A filter never makes a write fail.
    onExcess: 'find nothing',
    boundsRules: true,
    aliasPrefix: '#filter_',
    base: {
      collection: withOldFields(collection),
      alias: collection.name,
      source: sourceWith(collection, names),
      where: sql`${sql.identifier(collection.name)}."id" = ${sql.identifier(eventAlias)}."recordRef"`,
    },
  })
  const taken = query.where(node, 'rule')
  const compiled = taken.ok ? query.compile() : taken
  if (!compiled.ok) return compiled.fault
  const table = sql.identifier(collection.name)
  return sql`EXISTS (${compiled.with}SELECT 1 FROM ${sourceWith(collection, names)} AS ${table} ${compiled.joins}
    WHERE ${table}."id" = ${sql.identifier(eventAlias)}."recordRef" AND ${compiled.where ?? sql`TRUE`})`
}

/** Replaces `@old.field` by the name of its column, and collects the names of the fields. */
function withOldColumns(node: FilterNode, names: Set<string>): FilterNode {
  if (node.kind !== 'comparison') {
    return { ...node, nodes: node.nodes.map((each) => withOldColumns(each, names)) }
  }
  const { left, right } = node
  return { ...node, left: oldOperand(left, names), right: oldOperand(right, names) }
}

function oldOperand(operand: Operand, names: Set<string>): Operand {
  if (operand.kind === 'function') {
    return { ...operand, args: operand.args.map((each) => oldOperand(each, names)) }
  }
  if (operand.kind !== 'identifier' || !operand.name.startsWith(oldPrefix)) return operand
  const path = operand.name.slice(oldPrefix.length)
  names.add(/^\w*/.exec(path)?.[0] ?? '')
  return { ...operand, name: oldColumn + path }
}

/** The collection with a field for each former value. */
function withOldFields(collection: Collection): FilterCollection {
  const fields = new Map(
    publicFields(collection).map((field) => [
      oldColumn + field.name,
      { ...field, name: oldColumn + field.name },
    ]),
  )
  const { id, name, type, listRule } = collection
  return {
    id,
    name,
    type,
    listRule,
    isUnique: (field) => collection.isUnique(field),
    isIndexed: (field) => collection.isIndexed(field),
    field: (field) => fields.get(field) ?? collection.field(field),
  }
}

function sourceWith(collection: Collection, names: ReadonlySet<string>): SQL {
  const table = sql.identifier(collection.name)
  const fields = publicFields(collection)
  const columns = [...names].flatMap((name) => {
    const position = fields.findIndex((field) => field.name === name)
    if (position === -1) return []
    const previous = sql`${sql.identifier(eventAlias)}."previous"`
    return [
      sql`json_extract(${previous}, ${`$[${position}]`}) AS ${sql.identifier(oldColumn + name)}`,
    ]
  })
  return columns.length === 0
    ? sql`${table}`
    : sql`(SELECT ${table}.*, ${sql.join(columns, sql`, `)} FROM ${table})`
}
