import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { FilterError } from './filter-error.ts'
import type { Formula } from './formula.ts'
import type { Hop, JoinNode } from './joins.ts'
import type { FilterCollection } from './schema.ts'
import type { Term } from './term.ts'
import { term } from './term.ts'

/** What a value is known to be before any row is read; it decides how `=` treats NULL and `''`. */
export type Certainty = 'empty' | 'filled' | 'unknown'

/** What a comparison needs of one side: the value in the main query, or in a subquery of it. */
export interface Side extends Term {
  readonly certainty: Certainty
  /** Compared as it is, NULL and `''` being different: what is read from JSON, for one. */
  readonly isExact: boolean
  /** The text of a known value, which `~` looks for. */
  readonly text?: string
  /** Has no wildcards for `~`, though its text is not known. */
  readonly isVerbatim?: boolean
  /** What `~` takes as its pattern when it is neither a known value nor to be wrapped in `%`. */
  readonly pattern?: Term
}

/** All values of a path that leads to many rows, for "all of". */
export interface Many {
  readonly hops: readonly Hop[]
  readonly isExact: boolean
  value(alias: string): Term
  /** Whether the caller may list the record at a node; undefined where that goes without asking. */
  isListable?(collection: FilterCollection, node: JoinNode): Formula | FilterError | undefined
}

/** An operand whose meaning is known: a side in the main query, and what belongs to it. */
export interface ResolvedOperand extends Side {
  /** Set when a plain operator must hold for every value, not just for one. */
  readonly many?: Many
  /** Has a known value somewhere in it, which makes it count as filled beside many values. */
  readonly hasKnownPart?: boolean
  /** The node of the auth record whose email this is, if callers may only see public ones. */
  readonly emailOf?: JoinNode
}

/** NULL, which equals the empty text. */
export const nothing: ResolvedOperand = {
  sql: sql`NULL`,
  depth: 1,
  certainty: 'empty',
  isExact: false,
}

/** True or false, the 1 or 0 of SQL. */
export function truth(value: boolean): ResolvedOperand {
  return { sql: value ? sql`1` : sql`0`, depth: 1, certainty: 'filled', isExact: false }
}

/** A bound text. */
export function boundText(text: string): ResolvedOperand {
  const certainty = text === '' ? 'empty' : 'filled'
  return { sql: sql`${text}`, depth: 1, certainty, isExact: false, text }
}

/** The text of an expression that is never empty. */
export function filledText(expression: Term): ResolvedOperand {
  return { ...expression, certainty: 'filled', isExact: false }
}

/** A bound number, a REAL as everywhere in the language. */
export function boundNumber(value: number): ResolvedOperand {
  return { sql: sql`${value}`, depth: 1, certainty: 'filled', isExact: false, text: digits(value) }
}

/** A whole number that stays one: it equals the text of its digits, as `5.0` would not. */
export function boundInteger(value: number): ResolvedOperand {
  return { ...boundNumber(value), sql: integer(value), depth: 2 }
}

/** How many values there are; like 0 and 1 elsewhere, these two count as known. */
export function count(value: number): ResolvedOperand {
  const certainty = value < 2 ? 'filled' : 'unknown'
  return { sql: integer(value), depth: 2, certainty, isExact: false }
}

/** A value that is known only when a row is read. */
export function unknownValue(value: Term, isExact = false): ResolvedOperand {
  return { ...value, certainty: 'unknown', isExact }
}

/** A bound JavaScript value of a request: text, number and boolean as such, the rest as JSON text. */
export function boundValue(value: unknown): ResolvedOperand {
  if (value === undefined || value === null) return nothing
  if (typeof value === 'boolean') return { ...truth(value), text: String(value) }
  if (typeof value === 'number') return boundNumber(value)
  return boundText(typeof value === 'string' ? value : JSON.stringify(value))
}

/** The lower case of an operand, ASCII letters only. */
export function lowered(operand: ResolvedOperand): ResolvedOperand {
  return operand === nothing
    ? nothing
    : { ...operand, ...term(sql`lower(${operand.sql})`, 1, operand) }
}

/** A bound number that is INTEGER, though JavaScript's numbers bind as REAL. */
function integer(value: number): SQL {
  return sql`(${value} | 0)`
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
