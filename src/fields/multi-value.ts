/*
 * What the types that hold one or many texts (select, file, relation) share: their column, a JSON
 * array or a plain text, and the modifiers that add to it and take from it. Each modifier is said
 * twice: for a list that is known, and in SQL for the one that is stored.
 */
import { type SQL, sql } from 'drizzle-orm'
import { toText, toTextList } from '#go-compat/casts.ts'
import type { FieldBehaviour, StoredValue } from './create-field.ts'
import type { FieldValue, Modifier } from './field-type.ts'

/** One text, `''` for none, or a list of distinct ones. */
export type MultiValue = string | string[]

/** What the types share, and whether the field holds a list. */
export type MultiValueBehaviour = FieldBehaviour<MultiValue> & { readonly isMultiple: boolean }

/** A changed list that is not known, with the values that the modifiers of a request added to it. */
interface ChangedList extends StoredValue {
  readonly added: readonly string[]
}

/** The part of the behaviour that the three types share, for fields with so many values at most. */
export function multiValue(maxSelect: number): MultiValueBehaviour {
  const isMultiple = maxSelect > 1
  return {
    isMultiValuer: true,
    isMultiple,
    ddl: isMultiple ? "JSON DEFAULT '[]' NOT NULL" : "TEXT DEFAULT '' NOT NULL",
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

/** A text as it is, a list as JSON. */
export function toColumn(value: MultiValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The values as a list. */
export function listOf(value: MultiValue): readonly string[] {
  if (typeof value !== 'string') return value
  return value === '' ? [] : [value]
}

/** The values of a known value of such a field; what `normalise` makes is nothing else. */
export function knownList({ known }: { readonly known: unknown }): readonly string[] {
  return listOf(known as MultiValue)
}

/** A list as an SQL parameter, for `SELECT value FROM json_each(...)`. */
export function listParameter(values: readonly string[]): SQL {
  return sql`${JSON.stringify(values)}`
}

/** What the modifiers of this request added to a stored value; nothing when it is untouched. */
export function addedTo(value: FieldValue): readonly string[] {
  return isChanged(value) ? value.added : []
}

function isChanged(value: FieldValue): value is ChangedList {
  return 'added' in value
}

/** A query for the texts in a stored list, as `value`, and their place in it, as `position`. */
export function valuesOf(list: SQL): SQL {
  return sql`SELECT CAST(element.value AS TEXT) AS value, element.key AS position FROM (SELECT ${list} AS list) AS stored, json_each(iif(json_valid(stored.list), stored.list, json_array(stored.list))) AS element WHERE element.value <> ''`
}

/** A modifier, for a list that is known and for one in SQL. */
interface Change {
  known(current: readonly string[], operand: readonly string[]): readonly string[]
  /** Of an operand that is not empty; known when the stored value does not matter. */
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

/** Further than any element of a list can be. */
const afterAll = 1_000_000

function join(first: SQL, second: SQL): SQL {
  return pack(
    sql`SELECT value, position FROM (${valuesOf(first)}) UNION ALL SELECT value, position + ${afterAll} FROM (${valuesOf(second)})`,
  )
}

/** The JSON array of the distinct values of some rows, each where it came first. */
function pack(rows: SQL): SQL {
  return sql`(SELECT json_group_array(value ORDER BY position) FROM (SELECT value, min(position) AS position FROM (${rows}) GROUP BY value))`
}

/** The last of the distinct texts is the value. */
function lastOf(input: unknown): string {
  return toTextList(input).at(-1) ?? ''
}

const singleModifiers = {
  'key+': modifierOf(lastOf, {
    known: append,
    stored(current, operand) {
      const [last, beforeLast] = operand.toReversed()
      // The stored text stands first in the list, so it is no last one even when it is the same.
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
