/*
 * The risk of each change. It often depends on the stored rows, which the database counts in the
 * trip of the plan, and once more, as a guard, in the batch that applies it.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { parseIndex } from '#catalog/indexes.ts'
import type { SchemaChange } from '#collections/history/definition-changes.ts'
import { fieldById } from '#collections/validate/definition-check.ts'
import { columnDeclaration } from '#fields/definition/column-schema.ts'
import type { Field, FieldDefinition } from '#fields/definition/field-type.ts'
import { compileField } from '#fields/registry.ts'
import { countOf } from '#fields/values/value-count.ts'
import { isStricter } from './phases.ts'

/** `safe` loses nothing and is short, `blocked` cannot be applied as it stands. */
export type Risk = 'safe' | 'slow' | 'destructive' | 'blocked'

/** A change that is destructive or blocked if the database counts any rows. */
export interface Judge {
  /** A number, as SQL in parentheses. */
  readonly count: SQL
  readonly risk: 'destructive' | 'blocked'
  /** The word that allows the change. */
  readonly allow?: string
}

/** A definition before and after a plan. */
export interface DefinitionPair {
  readonly before: CollectionDefinition | undefined
  readonly after: CollectionDefinition | undefined
}

/** Finds how a change must be judged; undefined if it can lose nothing. */
export function judgeOf(change: SchemaChange, pair: DefinitionPair): Judge | undefined {
  const { before, after } = pair
  if (before === undefined || before.type === 'view') return undefined
  const table = sql.identifier(before.name)
  switch (change.kind) {
    case 'collection.drop':
      return {
        count: sql`(SELECT count(*) FROM ${table})`,
        risk: 'destructive',
        allow: `drop:${before.name}`,
      }
    case 'field.drop': {
      const field = before.fields.find(({ name }) => name === change.field)
      if (field === undefined) return undefined
      return {
        count: countWhere(before, hasValue(field)),
        risk: 'destructive',
        allow: `drop:${before.name}.${field.name}`,
      }
    }
    case 'field.change':
      return after && judgeOption(change, before, after)
    case 'index.add':
      return duplicates(change.index ?? '', before, after)
    case 'collection.create':
    case 'collection.rename':
    case 'field.add':
    case 'field.rename':
    case 'field.order':
    case 'index.drop':
    case 'rules':
    case 'options':
    case 'secrets':
      return undefined
  }
}

function countWhere({ name }: CollectionDefinition, condition: SQL): SQL {
  return sql`(SELECT count(*) FROM ${sql.identifier(name)} WHERE ${condition})`
}

/** True for rows whose value of a field is not blank. */
function hasValue(field: FieldDefinition): SQL {
  return sql`NOT (${isBlank(field)})`
}

function isBlank(field: FieldDefinition): SQL {
  const [blank] = checksOf(compileField({ ...field, required: true }), field.name)
  return blank ?? sql`FALSE`
}

/** The conditions under which the database refuses a stored value. */
function checksOf(field: Field, column: string): readonly SQL[] {
  const context = {
    isNew: false,
    recordId: undefined,
    stored: undefined,
    uploaded: [],
    table: '',
    tableOf: () => undefined,
  }
  return field
    .checks({ sql: sql`${sql.identifier(column)}` }, context)
    .map(({ violated }) => violated)
}

function judgeOption(
  { field: name, option = '', from, to }: SchemaChange,
  before: CollectionDefinition,
  after: CollectionDefinition,
): Judge | undefined {
  const next = after.fields.find((field) => field.name === name)
  const stored = next && fieldById(before.fields, next.id)
  if (next === undefined || stored === undefined || next.type !== stored.type) return undefined
  const column = sql`${sql.identifier(stored.name)}`
  const path = `${before.name}.${stored.name}`
  if (isConverted(stored, next) && !compileField(next).isMultiple) {
    return option === 'maxSelect'
      ? {
          count: countWhere(before, sql`${countOf(column)} > 1`),
          risk: 'destructive',
          allow: `single:${path}`,
        }
      : undefined
  }
  if (!isStricter(option, from, to)) return undefined
  const broken = refusals(option, stored, next)
  if (broken.length === 0) return undefined
  const word = option === 'values' ? 'values' : 'limits'
  return {
    count: countWhere(before, anyOf(broken)),
    risk: 'destructive',
    allow: `${word}:${path}`,
  }
}

/** True if the column of a field must be converted between one and many values. */
function isConverted(stored: FieldDefinition, next: FieldDefinition): boolean {
  const declaration = (field: FieldDefinition) => columnDeclaration(compileField(field).column)
  return declaration(stored) !== declaration(next)
}

/** The conditions of stored values that one stricter option refuses. */
function refusals(option: string, stored: FieldDefinition, next: FieldDefinition): readonly SQL[] {
  // Only this option, so that each change counts its own rows.
  const changed = compileField({ ...stored, [option]: next[option] })
  const column = sql`${sql.identifier(stored.name)}`
  if (option === 'required') return [isBlank(stored)]
  if (changed.relatedCollectionId !== undefined || changed.isFile) {
    if (!changed.isMultiple) return []
    const limit = Number(next[option])
    if (option === 'maxSelect') return [sql`${countOf(column)} > ${limit}`]
    if (option === 'minSelect') return [sql`${hasValue(stored)} AND ${countOf(column)} < ${limit}`]
    return []
  }
  const optional = compileField({ ...stored, [option]: next[option], required: false })
  const already = checksOf(compileField({ ...stored, required: false }), stored.name)
  const refused = anyOf(checksOf(optional, stored.name))
  return [sql`(${refused}) AND NOT coalesce(${anyOf(already)}, FALSE)`]
}

function anyOf(conditions: readonly SQL[]): SQL {
  return conditions.length === 0 ? sql`FALSE` : sql`(${sql.join([...conditions], sql` OR `)})`
}

/** The groups of rows that a new unique index would refuse, if it is one on stored columns alone. */
function duplicates(
  text: string,
  before: CollectionDefinition,
  after: CollectionDefinition | undefined,
): Judge | undefined {
  const index = parseIndex(text)
  if (index?.unique !== true || index.where !== '' || after === undefined) return undefined
  const columns = index.columns.map(({ name, isExpression, collate }) => {
    const field = isExpression ? undefined : after.fields.find((other) => other.name === name)
    const stored = field && fieldById(before.fields, field.id)
    if (field === undefined || stored === undefined || isConverted(stored, field)) return undefined
    const column = sql.identifier(stored.name)
    return collate === '' ? sql`${column}` : sql`${column} COLLATE ${sql.identifier(collate)}`
  })
  if (!columns.every((column) => column !== undefined)) return undefined
  const list = sql.join(columns, sql`, `)
  const present = sql.join(
    columns.map((column) => sql`${column} IS NOT NULL`),
    sql` AND `,
  )
  return {
    count: sql`(SELECT count(*) FROM (SELECT 1 FROM ${sql.identifier(before.name)}
      WHERE ${present} GROUP BY ${list} HAVING count(*) > 1))`,
    risk: 'blocked',
  }
}
