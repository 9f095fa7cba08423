import { DatabaseSync } from 'node:sqlite'
import { type SQL, sql } from 'drizzle-orm'
import { toStatement } from '#database/statement.ts'
import type {
  CheckContext,
  Field,
  FieldDefinition,
  FieldValue,
  SettingsContext,
} from '#fields/definition/field-type.ts'
import { columnDeclaration } from '#fields/definition/column-schema.ts'
import { compileField, fieldTypes } from '#fields/registry.ts'
import type { FieldIssue, Issues } from '#kernel/errors.ts'

/** A field with blank common options. */
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

/** One record with a field in a real SQLite database, to run the field's SQL. */
export class StoredField {
  readonly #database = new DatabaseSync(':memory:')
  readonly field: Field
  /** The stored value, as in the statements of records. */
  readonly stored = sql`${sql.identifier('posts')}.${sql.identifier('v')}`

  constructor(field: Field) {
    this.field = field
    this.#database.exec(`
      CREATE TABLE posts (id TEXT PRIMARY KEY, v ${columnDeclaration(field.column)});
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

  /** The issue of the first violated check. */
  fault(
    value: FieldValue,
    context: Partial<CheckContext> = {},
    field: Field = this.field,
  ): FieldIssue | undefined {
    const checks = field.checks(value, {
      uploaded: [],
      isNew: false,
      recordId: 'p',
      stored: this.stored,
      table: 'posts',
      tableOf: (id) => (id === 'related' ? 'related' : undefined),
      ...context,
    })
    const ask = (asked: SQL) => this.#run(sql`SELECT ${asked} AS answer FROM posts`)['answer']
    const issue = checks.find(({ violated }) => ask(sql`(${violated})`) === 1)?.issue
    if (issue === undefined || !('subject' in issue)) return issue
    return issue.issueOf(String(ask(issue.subject)))
  }

  #run(query: SQL): Record<string, unknown> {
    const { sql: text, params } = toStatement(query)
    const statement = this.#database.prepare(text)
    statement.setReadBigInts(true)
    const row = statement.get(...(params as (string | number | null)[])) ?? {}
    // Integers arrive rounded, as from D1.
    return Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof value === 'bigint' ? Number(value) : value,
      ]),
    )
  }
}

/** The issue of an input as the value of a new record, without checks in the database. */
export function faultOf(
  type: string,
  options: Record<string, unknown>,
  input: unknown,
): FieldIssue | undefined {
  const field = fieldOf(type, options)
  return field.validate(field.normalise(input), { isNew: true, recordId: undefined })
}

/** The issues of a definition in a base collection beside the collections `related` and `view`. */
export function optionFaults(
  type: string,
  submitted: Record<string, unknown>,
  context: Partial<SettingsContext> = {},
): Issues {
  const definition = definitionOf(type, submitted)
  const collections = new Map([
    ['related', { id: 'related', type: 'base' }],
    ['view', { id: 'view', type: 'view' }],
  ])
  return (
    fieldTypes.get(type)?.validateOptions(definition, {
      collectionType: 'base',
      collectionId: 'posts',
      previous: undefined,
      siblings: [definition],
      collection: (id) => collections.get(id),
      ...context,
    }) ?? {}
  )
}
