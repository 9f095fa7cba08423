import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import { fixed, type Value } from '#database/value.ts'
import type { FilterError } from '#filter/syntax/filter-error.ts'
import type { Formula } from './formula.ts'
import type { Hop, JoinNode } from './joins.ts'
import type { FieldPlace } from '#filter/resolve/path.ts'
import type { FilterCollection } from '#filter/schema.ts'
import type { Term } from './term.ts'
import { term } from './term.ts'

/** The prior knowledge of a value, before any row is read. Decides how `=` treats NULL and `''`. */
export type Certainty = 'empty' | 'filled' | 'unknown'

/** One side of a comparison: a value in the main query, or in a subquery of it. */
export interface Side extends Term {
  readonly certainty: Certainty
  /** True if NULL and `''` differ, for example for values read from JSON. */
  readonly isExact: boolean
  /** The string of a known value, which `~` searches for. */
  readonly text?: Value<string>
  /** True if the value has no wildcards for `~`, although its string is not known. */
  readonly isVerbatim?: boolean
  /** The pattern for `~` if the value is neither known nor to be wrapped in `%`. */
  readonly pattern?: Term
}

/** All values of a path that leads to many rows, for "all of". */
export interface Many {
  readonly hops: readonly Hop[]
  readonly isExact: boolean
  value(alias: string): Term
  /** The condition for the caller to list the record at a node; undefined if there is none. */
  isListable?(collection: FilterCollection, node: JoinNode): Formula | FilterError | undefined
}

/** A resolved operand: a side in the main query, and its properties. */
export interface ResolvedOperand extends Side {
  /** Set if a plain operator must hold for every value, not just for one. */
  readonly many?: Many
  /** True if it contains a known value, which makes it count as filled beside many values. */
  readonly hasKnownPart?: boolean
  /** The node of the auth record whose email this is, if callers may only see public emails. */
  readonly emailOf?: JoinNode
  /** The field whose value this is, if it is one. */
  readonly reads?: FieldPlace | undefined
}

/** NULL, which equals the empty string. */
export const nothing: ResolvedOperand = {
  sql: sql`NULL`,
  depth: 1,
  certainty: 'empty',
  isExact: false,
}

/** True or false, as 1 or 0 in SQL. */
export function truth(value: boolean): ResolvedOperand {
  return { sql: value ? sql`1` : sql`0`, depth: 1, certainty: 'filled', isExact: false }
}

/** A bound string. */
export function boundText(text: string | Value<string>): ResolvedOperand {
  const value = typeof text === 'string' ? fixed(text) : text
  const certainty = value.ask((known) => (known === '' ? 'empty' : 'filled'))
  return { sql: value.sql, depth: 1, certainty, isExact: false, text: value }
}

/** An expression that is a string and never empty. */
export function filledText(expression: Term): ResolvedOperand {
  return { ...expression, certainty: 'filled', isExact: false }
}

/** A bound number, which is a REAL like all numbers of the filter language. */
export function boundNumber(number: number | Value<number>): ResolvedOperand {
  const value = typeof number === 'number' ? fixed(number) : number
  const text = value.map(digits)
  return { sql: value.sql, depth: 1, certainty: 'filled', isExact: false, text }
}

/** A bound integer that stays one: it equals its digits as text, as `5.0` would not. */
export function boundInteger(value: Value<number>): ResolvedOperand {
  return { ...boundNumber(value), sql: integer(value), depth: 2 }
}

/** A number of values. Only 0 and 1 count as known, like elsewhere. */
export function count(value: Value<number>): ResolvedOperand {
  const certainty = value.ask((known) => (known < 2 ? 'filled' : 'unknown'))
  return { sql: integer(value), depth: 2, certainty, isExact: false }
}

/** A value that is known only when a row is read. */
export function unknownValue(value: Term, isExact = false): ResolvedOperand {
  return { ...value, certainty: 'unknown', isExact }
}

/** A JavaScript value of a request: strings, numbers and booleans unchanged, the rest as JSON. */
export function boundValue(value: Value<unknown>): ResolvedOperand {
  switch (value.ask(kindOf)) {
    case 'nothing':
      return nothing
    case 'true':
      return { ...truth(true), text: fixed('true') }
    case 'false':
      return { ...truth(false), text: fixed('false') }
    case 'number':
      return boundNumber(value.map(Number))
    case 'text':
      return boundText(value.map(plainText))
  }
}

function kindOf(value: unknown): 'nothing' | 'true' | 'false' | 'number' | 'text' {
  if (value === undefined || value === null) return 'nothing'
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  return typeof value === 'number' ? 'number' : 'text'
}

/** The string of a JavaScript value of a request, which `~` searches for. */
export function plainText(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  return typeof value === 'number' ? digits(value) : JSON.stringify(value)
}

/** An operand in lower case, ASCII letters only. */
export function lowered(operand: ResolvedOperand): ResolvedOperand {
  return operand === nothing
    ? nothing
    : { ...operand, ...term(sql`lower(${operand.sql})`, 1, operand) }
}

/** A bound number that is an INTEGER. JavaScript's numbers bind as REAL. */
function integer(value: Value<number>): SQL {
  return sql`(${value.sql} | 0)`
}

/** The digits of a number without an exponent. */
function digits(value: number): string {
  const text = String(value)
  const parts = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (parts === null) return text

  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts
  const shift = Number(exponent)
  return shift < 0
    ? `${sign}0.${'0'.repeat(-shift - 1)}${whole}${fraction}`
    : `${sign}${(whole + fraction).padEnd(shift + 1, '0')}`
}
