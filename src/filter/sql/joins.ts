import { is, SQL, sql } from 'drizzle-orm'
import { arrayIn } from '#database/json-list.ts'
import type { Value } from '#database/value.ts'
import type { FilterCollection, FilterField } from '#filter/schema.ts'
import { column } from './term.ts'

/** One step of a path: rows joined to the rows reached before. */
export interface Hop {
  /** Identifies the hop among those from the same node. */
  readonly key: string
  /** Part of its alias, to make the SQL readable. */
  readonly label: string
  /** True if one row may match several rows here. */
  readonly isMultiple: boolean
  /** The collection of the reached records; undefined for the values of an array. */
  readonly collection: FilterCollection | undefined
  /** The rows it depends on: the rows before it, none, or the surrounding query's. */
  readonly foundBy: 'rows' | 'nothing' | 'surroundings'
  /** The part after LEFT JOIN: the rows under the alias `to`, and their condition on `from`. */
  target(from: string, to: string): SQL
  /** All rows with the records they refer to, for references without an index. */
  references?(alias: string): References
}

/** The rows of a collection, once for each record they refer to. */
export interface References {
  /** The part after FROM. */
  readonly from: SQL
  /** The id of the referenced record. */
  readonly id: SQL
}

/** Rows under an alias: the rows of the query, or rows that hops lead to. */
export interface JoinNode {
  readonly alias: string
  /** The node the hop starts from; undefined for the rows of the query. */
  readonly parent: JoinNode | undefined
  /** Undefined for the rows of `parent` themselves, from which hops are repeated. */
  readonly hop: Hop | undefined
  readonly next: Map<string, JoinNode>
  /** True if a guard was added for its rows. */
  isGuarded: boolean
}

/** The nodes of one statement and their aliases. */
export class JoinNodes {
  readonly #prefix: string
  #aliases = 0

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  /**
   * Follows a hop. The same hop from the same node returns the same rows, so comparisons along a
   * common path share them.
   */
  reach(from: JoinNode, hop: Hop): JoinNode {
    const known = from.next.get(hop.key)
    if (known !== undefined) return known
    const node = newPlace(this.newAlias(hop.label), from, hop)
    from.next.set(hop.key, node)
    return node
  }

  /** A unique name: it contains a dot, which no collection's name does. */
  newAlias(label: string): string {
    this.#aliases += 1
    return `${this.#prefix}${label}.${this.#aliases}`
  }
}

/** The rows of a query. */
export function rootPlace(alias: string): JoinNode {
  return newPlace(alias, undefined, undefined)
}

/** The rows of a node again, from which hops lead to rows of their own. */
export function sameRows(node: JoinNode): JoinNode {
  return newPlace(node.alias, node, undefined)
}

function newPlace(alias: string, parent: JoinNode | undefined, hop: Hop | undefined): JoinNode {
  return { alias, parent, hop, next: new Map(), isGuarded: false }
}

/** The node a hop leads to, among several with the same rows. */
export function ownPlace(node: JoinNode): JoinNode {
  return node.hop === undefined && node.parent !== undefined ? ownPlace(node.parent) : node
}

/** The node a hop starts from. */
export function placeBefore({ parent }: JoinNode): JoinNode | undefined {
  return parent && ownPlace(parent)
}

/** The hops to a node, in order. */
export function stepsTo(node: JoinNode): readonly JoinNode[] {
  const own = ownPlace(node)
  const before = placeBefore(own)
  return before === undefined ? [] : [...stepsTo(before), own]
}

/** True if a node is the other one, or is reached from it. */
export function isWithin(node: JoinNode, other: JoinNode): boolean {
  const own = ownPlace(node)
  const before = placeBefore(own)
  return own === other || (before !== undefined && isWithin(before, other))
}

/** The record of a single relation. */
export function relatedRecord(field: string, collection: FilterCollection): Hop {
  return {
    key: `record ${field}`,
    label: collection.name,
    isMultiple: false,
    collection,
    foundBy: 'rows',
    target: (from, to) => onRow(collection, to, sql`${column(to, 'id')} = ${column(from, field)}`),
  }
}

/** The values of a field, each in the column `value`. */
export function valuesOf(field: FilterField): Hop {
  return {
    key: `values ${field.name}`,
    label: field.name,
    isMultiple: field.isMultiple,
    collection: undefined,
    foundBy: 'rows',
    target: (from, to) => each(column(from, field.name), to),
  }
}

/** The records that refer to a record in one of their relation fields. */
export function referringRecords(collection: FilterCollection, field: FilterField): Hop {
  const { name } = field
  const list = (alias: string): SQL => arrayIn(column(alias, name))
  return {
    key: `referring ${collection.id} ${name}`,
    label: collection.name,
    isMultiple: field.isMultiple || !collection.isUnique(name),
    collection,
    foundBy: 'rows',
    target: (from, to) => {
      const id = column(from, 'id')
      const refers = field.isMultiple
        ? sql`${id} IN (SELECT value FROM json_each(${list(to)}))`
        : sql`${column(to, name)} = ${id}`
      return onRow(collection, to, refers)
    },
    ...(field.isMultiple
      ? {
          references: (alias) => {
            const values = `${alias}.values`
            const listed = sql`json_each(${list(alias)}) AS ${sql.identifier(values)}`
            return { from: sql`${row(collection, alias)}, ${listed}`, id: column(values, 'value') }
          },
        }
      : !collection.isIndexed(name) && {
          references: (alias) => ({ from: row(collection, alias), id: column(alias, name) }),
        }),
  }
}

/** Every record of a collection. The same alias stands for the same record throughout a query. */
export function anyRecord(collection: FilterCollection, alias: string): Hop {
  return {
    key: `any ${collection.id}:${alias}`,
    label: collection.name,
    isMultiple: true,
    collection,
    foundBy: 'nothing',
    target: (_, to) => row(collection, to),
  }
}

/** The record with this id. */
export function knownRecord(
  key: string,
  collection: FilterCollection,
  id: SQL,
  foundBy: 'nothing' | 'surroundings',
): Hop {
  return {
    key,
    label: collection.name,
    isMultiple: false,
    collection,
    foundBy,
    target: (_, to) => onRow(collection, to, sql`${column(to, 'id')} = ${id}`),
  }
}

/** The records whose ids are in a JSON array, either bound or an expression. */
export function listedRecords(
  key: string,
  collection: FilterCollection,
  ids: Value<string> | SQL,
  isMultiple: boolean,
): Hop {
  return {
    key,
    label: collection.name,
    isMultiple,
    collection,
    foundBy: is(ids, SQL) ? 'surroundings' : 'nothing',
    target: (_, to) =>
      onRow(
        collection,
        to,
        sql`${column(to, 'id')} IN (SELECT value FROM json_each(${listSql(ids)}))`,
      ),
  }
}

/** The values of a JSON array that is not in a column. */
export function listedValues(
  key: string,
  label: string,
  list: Value<string> | SQL,
  isMultiple: boolean,
): Hop {
  return {
    key,
    label,
    isMultiple,
    collection: undefined,
    foundBy: is(list, SQL) ? 'surroundings' : 'nothing',
    target: (_, to) => sql`json_each(${listSql(list)}) AS ${sql.identifier(to)}`,
  }
}

function listSql(list: Value<string> | SQL): SQL {
  return is(list, SQL) ? list : list.sql
}

function each(value: SQL, to: string): SQL {
  return sql`json_each(${arrayIn(value)}) AS ${sql.identifier(to)}`
}

function row(collection: FilterCollection, alias: string): SQL {
  return sql`${sql.identifier(collection.name)} AS ${sql.identifier(alias)}`
}

function onRow(collection: FilterCollection, alias: string, condition: SQL): SQL {
  return sql`${row(collection, alias)} ON ${condition}`
}
