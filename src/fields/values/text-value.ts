import { type SQL, sql } from 'drizzle-orm'
import { toText } from '#go-compat/casts.ts'
import type { FieldIssue } from '#kernel/errors.ts'
import { lazy } from '#kernel/lazy.ts'
import { compilePattern } from '#go-compat/pattern/pattern-matcher.ts'
import { type Constraint, constraint } from '#fields/definition/create-field.ts'
import type { FieldShape } from '#fields/definition/field-shape.ts'

/** The shared behaviour of all plain string fields. */
export const textValue = {
  column: { type: 'TEXT', default: "''" },
  zero: '',
  shape: (): FieldShape => ({ type: 'string' }),
  normalise: toText,
  isBlank: (value: string) => value === '',
  isStoredBlank: (value: SQL) => sql`${value} = ''`,
  toColumn: toText,
} as const

/** The length of a string in code points. */
export function textLength(text: string): number {
  return Array.from(text).length
}

/**
 * The length of a stored string in code points. SQLite's `length()` stops at the first NUL, so a
 * string with a NUL is counted as JSON, in which another character replaces it.
 */
export function storedTextLength(value: SQL): SQL {
  const withoutBackslashes = sql`replace(json_quote(${value}), '\\\\', '/')`
  const withoutNul = sql`replace(${withoutBackslashes}, '\\u0000', ' ')`
  return sql`CASE WHEN typeof(${value}) = 'text' AND instr(CAST(${value} AS BLOB), x'00') > 0
    THEN length(json_extract(${withoutNul}, '$')) ELSE length(${value}) END`
}

/** The length of a stored string in bytes. */
export function storedByteLength(value: SQL): SQL {
  return sql`length(CAST(${value} AS BLOB))`
}

/**
 * A regular expression that must match a part of the string; `''` for none. SQLite has no such
 * check.
 */
export function patternConstraints(pattern: string): Constraint<string>[] {
  const compiled = lazy(() => compilePattern(pattern))
  return pattern === ''
    ? []
    : [constraint(invalidFormat, (value: string) => !compiled().test(value))]
}

const invalidFormat: FieldIssue = {
  code: 'validation_invalid_format',
  message: 'Invalid value format.',
}
