import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import { arrayOf } from './json.ts'
import type { FilterCollection, FilterField } from './schema.ts'
import { column } from './term.ts'
import type { Term } from './term.ts'

/** One step of a path: rows that are joined to those reached before it. */
export interface Hop {
  /** Tells this step from others that start where it starts. */
  readonly key: string
  /** A word of its alias, for whoever reads the SQL. */
  readonly label: string
  /** Whether one row may meet several here. */
  readonly isMultiple: boolean
  /** The collection whose records are reached; undefined for the values of an array. */
  readonly collection: FilterCollection | undefined
  /** What follows LEFT JOIN: the rows under the alias `to`, and how they belong to `from`. */
  target(from: string, to: string): SQL
}

/** A place in the joins of a query: rows under an alias, and the steps already taken from there. */
export interface Place {
  readonly alias: string
  readonly next: Map<string, Place>
  /** Whether a guard for its rows was added. */
  isGuarded: boolean
}

/**
 * The LEFT JOINs of one statement. The same step from the same place is joined once, so that
 * comparisons along a common path look at the same row.
 */
export class Joins {
  readonly #prefix: string
  readonly #clauses: SQL[] = []
  #aliases = 0

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  /** How many tables are joined. */
  get size(): number {
    return this.#clauses.length
  }

  /** All joins so far, in an order in which each finds what it refers to. */
  get clauses(): readonly SQL[] {
    return this.#clauses
  }

  /** Goes a step, joining its rows unless they are joined already. */
  reach(from: Place, hop: Hop): Place {
    const known = from.next.get(hop.key)
    if (known !== undefined) return known

    const place = newPlace(this.newAlias(hop.label))
    from.next.set(hop.key, place)
    this.#clauses.push(sql`LEFT JOIN ${hop.target(from.alias, place.alias)}`)
    return place
  }

  /** The same steps once more, for a subquery: the joins, and the aliases they lead to. */
  repeat(
    start: string,
    hops: readonly Hop[],
  ): { readonly clauses: readonly SQL[]; readonly aliases: readonly string[] } {
    const aliases = hops.map((hop) => this.newAlias(hop.label))
    const clauses = hops.map((hop, step) => {
      const [from = start, to = start] = [aliases[step - 1], aliases[step]]
      return sql`LEFT JOIN ${hop.target(from, to)}`
    })
    return { clauses, aliases }
  }

  /** An alias nothing else has: its dot cannot be in a collection's name. */
  newAlias(label: string): string {
    this.#aliases += 1
    return `${this.#prefix}${label}.${this.#aliases}`
  }
}

/** A place nothing was joined to yet. */
export function newPlace(alias: string): Place {
  return { alias, next: new Map(), isGuarded: false }
}

/** The record a single relation leads to. */
export function relatedRecord(field: string, collection: FilterCollection): Hop {
  return {
    key: `record ${field}`,
    label: collection.name,
    isMultiple: false,
    collection,
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
    target: (from, to) => each({ sql: column(from, field.name), depth: 2 }, to),
  }
}

/** The records that refer to one by a relation field of theirs. */
export function referringRecords(collection: FilterCollection, field: FilterField): Hop {
  return {
    key: `referring ${collection.id} ${field.name}`,
    label: collection.name,
    isMultiple: field.isMultiple || !collection.isUnique(field.name),
    collection,
    target: (from, to) => {
      const reference = column(to, field.name)
      const refers = field.isMultiple
        ? sql`${column(from, 'id')} IN (SELECT value FROM json_each(${arrayOf({ sql: reference, depth: 2 }).sql}))`
        : sql`${reference} = ${column(from, 'id')}`
      return onRow(collection, to, refers)
    },
  }
}

/** Every record of a collection. Under the same alias it is the same record throughout a query. */
export function anyRecord(collection: FilterCollection, alias: string): Hop {
  return {
    key: `any ${collection.id}:${alias}`,
    label: collection.name,
    isMultiple: true,
    collection,
    target: (_, to) => row(collection, to),
  }
}

/** The record with an id. */
export function knownRecord(key: string, collection: FilterCollection, id: string | SQL): Hop {
  return {
    key,
    label: collection.name,
    isMultiple: false,
    collection,
    target: (_, to) => onRow(collection, to, sql`${column(to, 'id')} = ${id}`),
  }
}

/** The records whose ids are in a JSON array. */
export function listedRecords(
  key: string,
  collection: FilterCollection,
  ids: SQL,
  isMultiple: boolean,
): Hop {
  return {
    key,
    label: collection.name,
    isMultiple,
    collection,
    target: (_, to) =>
      onRow(collection, to, sql`${column(to, 'id')} IN (SELECT value FROM json_each(${ids}))`),
  }
}

/** The values of a JSON array that is not in a column. */
export function listedValues(key: string, label: string, list: SQL, isMultiple: boolean): Hop {
  return {
    key,
    label,
    isMultiple,
    collection: undefined,
    target: (_, to) => sql`json_each(${list}) AS ${sql.identifier(to)}`,
  }
}

function each(value: Term, to: string): SQL {
  return sql`json_each(${arrayOf(value).sql}) AS ${sql.identifier(to)}`
}

function row(collection: FilterCollection, alias: string): SQL {
  return sql`${sql.identifier(collection.name)} AS ${sql.identifier(alias)}`
}

function onRow(collection: FilterCollection, alias: string, condition: SQL): SQL {
  return sql`${row(collection, alias)} ON ${condition}`
}
