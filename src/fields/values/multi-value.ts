/*
 * The shared behaviour of the types that hold one or many strings (select, file, relation): a
 * column with a JSON array or a plain string, and modifiers that add and remove values. Each
 * modifier is implemented twice, for a known list and in SQL for a stored one.
 */
import { type SQL, sql } from 'drizzle-orm'
import { arrayIn } from '#database/json-list.ts'
import { toText, toTextList } from '#go-compat/casts.ts'
import type { FieldBehaviour, StoredValue } from '#fields/definition/create-field.ts'
import type { FieldValue, Modifier } from '#fields/definition/field-type.ts'

/** One string (`''` for none), or a list of distinct strings. */
export type MultiValue = string | string[]

/** The shared behaviour, and whether the field holds a list. */
export type MultiValueBehaviour = Omit<FieldBehaviour<MultiValue>, 'shape'> & {
  readonly isMultiple: boolean
}

/** An unknown list with the values that a request's modifiers added to it. */
interface ChangedList extends StoredValue {
  readonly added: readonly string[]
}

/** The shared behaviour for fields with at most `maxSelect` values. */
export function multiValue(maxSelect: number): MultiValueBehaviour {
  const isMultiple = maxSelect > 1
  return {
    isMultiValuer: true,
    isMultiple,
    column: isMultiple ? { type: 'JSON', default: "'[]'" } : { type: 'TEXT', default: "''" },
    zero: isMultiple ? [] : '',
    normalise: isMultiple ? toTextList : lastOf,
    isBlank: (value) => value.length === 0,
    isStoredBlank: (value) =>
      isMultiple ? sql`NOT EXISTS (${valuesOf(value)})` : sql`${value} = ''`,
    toColumn,
    fromColumn: isMultiple ? toTextList : toText,
    modifiers: isMultiple ? multipleModifiers : singleModifiers,
  }
}

/** A string unchanged, a list as JSON. */
export function toColumn(value: MultiValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Converts a value to a list. */
export function listOf(value: MultiValue): readonly string[] {
  if (typeof value !== 'string') return value
  return value === '' ? [] : [value]
}

/** The values of a known value, which `normalise` has made. */
export function knownList({ known }: { readonly known: unknown }): readonly string[] {
  return listOf(known as MultiValue)
}

/** A list as an SQL parameter, for `SELECT value FROM json_each(...)`. */
export function listParameter(values: readonly string[]): SQL {
  return sql`${JSON.stringify(values)}`
}

/** The values that the modifiers of this request added to a stored value. */
export function addedTo(value: FieldValue): readonly string[] {
  return isChanged(value) ? value.added : []
}

function isChanged(value: FieldValue): value is ChangedList {
  return 'added' in value
}

/** A query for the strings in a stored list as `value`, and their index as `position`. */
export function valuesOf(list: SQL): SQL {
  return sql`SELECT CAST(element.value AS TEXT) AS value, element.key AS position FROM (SELECT ${list} AS list) AS stored, json_each(${arrayIn(sql`stored.list`)}) AS element WHERE element.value <> ''`
}

/** A modifier for a known list and for a list in SQL. */
interface Change {
  known(current: readonly string[], operand: readonly string[]): readonly string[]
  /** The changed list for a non-empty operand. Known if the stored value does not matter. */
  stored(current: SQL, operand: readonly string[]): FieldValue
  readonly isRemoval?: true
}

function modifierOf(
  normalise: (list: readonly string[]) => MultiValue,
  { known, stored, isRemoval }: Change,
): Modifier {
  return (current, input) => {
    const operand = toTextList(input)
    if ('known' in current) return { known: normalise(known(knownList(current), operand)) }
    if (operand.length === 0) return current
    const value = stored(current.sql, operand)
    if ('known' in value) return value
    const added = isRemoval ? addedTo(current) : [...addedTo(current), ...operand]
    return { ...value, added } satisfies ChangedList
  }
}

function append(current: readonly string[], operand: readonly string[]): readonly string[] {
  return [...current, ...operand]
}

function prepend(current: readonly string[], operand: readonly string[]): readonly string[] {
  return [...operand, ...current]
}

function remove(current: readonly string[], operand: readonly string[]): readonly string[] {
  return current.filter((value) => !operand.includes(value))
}

const multipleModifiers = {
  'key+': modifierOf(toTextList, {
    known: append,
    stored: (current, operand) => ({ sql: join(current, listParameter(operand)) }),
  }),
  '+key': modifierOf(toTextList, {
    known: prepend,
    stored: (current, operand) => ({ sql: join(listParameter(operand), current) }),
  }),
  'key-': modifierOf(toTextList, {
    known: remove,
    stored: (current, operand) => ({
      sql: pack(
        sql`SELECT value, position FROM (${valuesOf(current)}) WHERE NOT ${isOneOf(sql`value`, operand)}`,
      ),
    }),
    isRemoval: true,
  }),
}

/** Past the last element of any list. */
const afterAll = 1_000_000

function join(first: SQL, second: SQL): SQL {
  return pack(
    sql`SELECT value, position FROM (${valuesOf(first)}) UNION ALL SELECT value, position + ${afterAll} FROM (${valuesOf(second)})`,
  )
}

/** A JSON array of the distinct values of some rows, in order of first occurrence. */
function pack(rows: SQL): SQL {
  return sql`(SELECT json_group_array(value ORDER BY position) FROM (SELECT value, min(position) AS position FROM (${rows}) GROUP BY value))`
}

/** The last of the distinct strings is the value. */
function lastOf(input: unknown): string {
  return toTextList(input).at(-1) ?? ''
}

const singleModifiers = {
  'key+': modifierOf(lastOf, {
    known: append,
    stored(current, operand) {
      const [last, beforeLast] = operand.toReversed()
      // The stored string comes first in the list, so it is never the last one, even if it is
      // equal.
      return beforeLast === undefined
        ? { known: last }
        : { sql: sql`iif(${current} = ${last}, ${beforeLast}, ${last})` }
    },
  }),
  '+key': modifierOf(lastOf, {
    known: prepend,
    stored: (current, operand) => ({
      sql: sql`iif(${current} = '' OR ${isOneOf(current, operand)}, ${operand.at(-1)}, ${current})`,
    }),
  }),
  'key-': modifierOf(lastOf, {
    known: remove,
    stored: (current, operand) => ({ sql: sql`iif(${isOneOf(current, operand)}, '', ${current})` }),
    isRemoval: true,
  }),
}

function isOneOf(value: SQL, list: readonly string[]): SQL {
  return sql`(${value} IN (SELECT value FROM json_each(${listParameter(list)})))`
}
