/*
 * Collections for filter tests: as data, in the shapes the filter language uses, and in an SQLite
 * database with D1's limits.
 */
import { DatabaseSync } from 'node:sqlite'
import type { SQL } from 'drizzle-orm'
import { sql } from 'drizzle-orm'
import { toStatement } from '#database/statement.ts'
import { parseFilter } from '#filter/syntax/parse.ts'
import type { CompiledQuery, FilterQuery } from '#filter/query.ts'
import { createFilterQuery } from '#filter/query.ts'
import type { FilterCatalog, FilterCollection, FilterField, RequestInfo } from '#filter/schema.ts'
import type { Access } from '#filter/resolve/resolve-context.ts'

/** The kinds of fields that filters distinguish, and their column types. */
const kinds = {
  text: { column: "TEXT NOT NULL DEFAULT ''" },
  number: { column: 'NUMERIC NOT NULL DEFAULT 0', isNumber: true },
  bool: { column: 'BOOLEAN NOT NULL DEFAULT 0' },
  json: { column: 'JSON DEFAULT NULL', jsonAccess: 'document' },
  geoPoint: { column: 'JSON NOT NULL DEFAULT \'{"lon":0,"lat":0}\'', jsonAccess: 'members' },
  select: { column: "TEXT NOT NULL DEFAULT ''", isMultiValuer: true },
  selects: { column: "JSON NOT NULL DEFAULT '[]'", isMultiValuer: true, isMultiple: true },
} as const satisfies Record<string, { column: string } & Partial<FilterField>>

type Kind = keyof typeof kinds

/** A field: its kind, or its related collection (with `[]` for many records). */
type FieldSpec = Kind | `-> ${string}` | `hidden ${Kind}`

interface CollectionSpec {
  readonly type?: FilterCollection['type']
  readonly listRule?: string | null
  readonly fields: Readonly<Record<string, FieldSpec>>
  readonly unique?: readonly string[]
  readonly rows?: readonly Readonly<Record<string, unknown>>[]
}

/** Collections by name. */
export type WorldSpec = Readonly<Record<string, CollectionSpec>>

/** A collection with all its fields, for random tests. */
export interface TestCollection extends FilterCollection {
  readonly fields: readonly FilterField[]
}

/** A guest with an empty request. */
export const guest: RequestInfo = {
  context: 'default',
  method: 'GET',
  query: {},
  headers: {},
  body: {},
  auth: undefined,
  isSuperuser: false,
}

/** A query of a test. */
export interface Question {
  readonly in: string
  readonly filter?: string
  readonly rule?: string
  readonly sort?: string
  readonly access?: Access
  readonly request?: Partial<RequestInfo>
  readonly now?: Date
}

/** The collections, and a database with their records. */
export class World {
  readonly collections: ReadonlyMap<string, TestCollection>
  readonly catalog: FilterCatalog
  readonly #database: DatabaseSync

  constructor(spec: WorldSpec) {
    this.collections = new Map(
      Object.entries(spec).map(([name, collection]) => [name, build(name, collection)]),
    )
    this.catalog = { find: (idOrName) => this.collections.get(idOrName.toLowerCase()) }
    this.#database = new DatabaseSync(':memory:', { limits: d1Limits })
    for (const [name, collection] of Object.entries(spec)) this.#fill(name, collection)
  }

  collection(name: string): TestCollection {
    const collection = this.collections.get(name)
    if (collection === undefined) throw new Error(`no collection ${name}`)
    return collection
  }

  /** Creates a query on the records of a collection. */
  query({ in: name, request, now }: Question): FilterQuery {
    const collection = this.collection(name)
    return createFilterQuery({
      catalog: this.catalog,
      request: { ...guest, ...request },
      base: { collection, alias: name },
      now,
    })
  }

  /** The ids of the matching records, or the error message. */
  ask(question: Question): string[] | string {
    const query = this.query(question)
    const texts = [
      { text: question.rule, access: 'rule' },
      { text: question.filter, access: question.access ?? 'rule' },
    ] as const
    for (const { text, access } of texts) {
      if (text === undefined) continue
      const parsed = parseFilter(text)
      if (!parsed.ok) return parsed.fault.message
      const taken = query.where(parsed.filter, access)
      if (!taken.ok) return taken.fault.message
    }
    const order = query.orderBy(question.sort ?? '', question.access ?? 'rule')
    if (!order.ok) return order.fault.message
    const compiled = query.compile()
    return compiled.ok ? this.run(question.in, compiled) : compiled.fault.message
  }

  /** Runs a compiled query and returns the ids in the order of the rows. */
  run(name: string, compiled: CompiledQuery): string[] {
    return this.all(this.statement(name, compiled)).map((row) => String(row['id']))
  }

  /** The statement that selects the matching rows. */
  statement(name: string, { with: tables, joins, where, order, hasJoins }: CompiledQuery): SQL {
    const table = sql.identifier(name)
    const orderBy = order.length === 0 ? sql`` : sql`ORDER BY ${sql.join([...order], sql`, `)}`
    const select = hasJoins ? sql`SELECT DISTINCT` : sql`SELECT`
    return sql`${tables}${select} ${table}.* FROM ${table} ${joins} WHERE ${where ?? sql`1`} ${orderBy}`
  }

  all(query: SQL): Record<string, unknown>[] {
    const statement = toStatement(query)
    return this.#database.prepare(statement.sql).all(...(statement.params as (string | number)[]))
  }

  #fill(name: string, { fields, rows = [] }: CollectionSpec): void {
    const columns = Object.entries(fields).map(([field, spec]) => `"${field}" ${columnOf(spec)}`)
    this.#database.exec(
      `CREATE TABLE "${name}" (${['id TEXT PRIMARY KEY', ...columns].join(', ')})`,
    )
    for (const row of rows) {
      const names = Object.keys(row).map((key) => `"${key}"`)
      const values = Object.values(row).map(stored)
      this.#database
        .prepare(`INSERT INTO "${name}" (${names.join()}) VALUES (${names.map(() => '?').join()})`)
        .run(...values)
    }
  }
}

/** D1's limits, so that a test fails where a deployment would. */
const d1Limits = {
  exprDepth: 100,
  likePatternLength: 50,
  functionArg: 32,
  variableNumber: 100,
  sqlLength: 100_000,
  column: 100,
  compoundSelect: 5,
}

function build(name: string, spec: CollectionSpec): TestCollection {
  const all = { id: 'text', ...spec.fields } as const
  const fields = Object.entries(all).map(([field, kind]) => fieldOf(field, kind))
  const byName = new Map(fields.map((field) => [field.name, field]))
  return {
    id: name,
    name,
    type: spec.type ?? 'base',
    listRule: spec.listRule === undefined ? '' : spec.listRule,
    fields,
    field: (field) => byName.get(field),
    isUnique: (field) => field === 'id' || (spec.unique?.includes(field) ?? false),
    isIndexed: (field) => field === 'id' || (spec.unique?.includes(field) ?? false),
  }
}

function fieldOf(name: string, spec: FieldSpec): FilterField {
  const related = /^-> (\w+)/.exec(spec)?.[1]
  const { column: _, ...options } = kinds[kindOf(spec)]
  return {
    isMultiple: false,
    isMultiValuer: false,
    isNumber: false,
    jsonAccess: 'none',
    ...options,
    name,
    hidden: spec.startsWith('hidden '),
    relatedCollectionId: related,
  }
}

function columnOf(spec: FieldSpec): string {
  return kinds[kindOf(spec)].column
}

function kindOf(spec: FieldSpec): Kind {
  if (spec.startsWith('-> ')) return spec.endsWith('[]') ? 'selects' : 'select'
  return spec.replace('hidden ', '') as Kind // The remaining type of FieldSpec.
}

function stored(value: unknown): string | number | null {
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'object' && value !== null) return JSON.stringify(value)
  return value as string | number | null // The rows of tests contain nothing else.
}
