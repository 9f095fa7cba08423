import { DatabaseSync } from 'node:sqlite'
import { type SQL, sql } from 'drizzle-orm'
import { toStatement } from '#database/statement.ts'
import type { CheckContext, Field, FieldDefinition, FieldValue } from '#fields/field-type.ts'
import { compileField } from '#fields/registry.ts'
import type { FieldIssue } from '#kernel/errors.ts'

/** A field with the common options blank. */
export function fieldOf(type: string, options: Record<string, unknown> = {}): Field {
  return compileField(definitionOf(type, options))
}

export function definitionOf(type: string, options: Record<string, unknown> = {}): FieldDefinition {
  return {
    id: 'f',
    name: 'v',
    type,
    system: false,
    hidden: false,
    presentable: false,
    help: '',
    required: false,
    ...options,
  }
}

/** One record of a field's table in a real SQLite, to ask the field's SQL of. */
export class StoredField {
  readonly #database = new DatabaseSync(':memory:')
  readonly field: Field
  /** The stored value, as records write it into their statements. */
  readonly stored = sql`${sql.identifier('posts')}.${sql.identifier('v')}`

  constructor(field: Field) {
    this.field = field
    this.#database.exec(`
      CREATE TABLE posts (id TEXT PRIMARY KEY, v ${field.ddl});
      CREATE TABLE related (id TEXT PRIMARY KEY, value TEXT, position TEXT, v TEXT);
      INSERT INTO posts (id) VALUES ('p');
      INSERT INTO related (id) VALUES ('a'), ('b'), ('c');
    `)
  }

  store(value: unknown): void {
    this.assign(sql`${this.field.toColumn(value)}`)
  }

  assign(value: SQL): void {
    this.#run(sql`UPDATE posts SET v = ${value}`)
  }

  read(): unknown {
    return this.field.fromColumn(this.#run(sql`SELECT v FROM posts`)['v'])
  }

  /** The issue of the first check that the database finds violated. */
  fault(value: FieldValue, context: Partial<CheckContext> = {}): FieldIssue | undefined {
    const checks = this.field.checks(value, {
      isNew: false,
      recordId: 'p',
      stored: this.stored,
      table: 'posts',
      tableOf: (id) => (id === 'related' ? 'related' : undefined),
      ...context,
    })
    return checks.find(({ violated }) => {
      const row = this.#run(sql`SELECT (${violated}) AS refused FROM posts`)
      return row['refused'] === 1
    })?.issue
  }

  #run(query: SQL): Record<string, unknown> {
    const { sql: text, params } = toStatement(query)
    const statement = this.#database.prepare(text)
    statement.setReadBigInts(true)
    const row = statement.get(...(params as (string | number | null)[])) ?? {}
    // Whole numbers arrive rounded, as from D1.
    return Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof value === 'bigint' ? Number(value) : value,
      ]),
    )
  }
}
