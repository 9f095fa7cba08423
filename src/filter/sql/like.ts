import { sql } from 'drizzle-orm'
import type { Value } from '#database/value.ts'
import { byteLength } from '#kernel/text.ts'
import type { Side } from './operand.ts'
import type { Term } from './term.ts'
import { joinTerms, term } from './term.ts'

/** D1's maximum length of a LIKE pattern, in bytes. */
const maxPatternBytes = 50

/**
 * True if `left` contains `right`, ignoring ASCII case. NULL if either is NULL. Undefined if
 * `right` is a known pattern too long for LIKE that nothing else can express.
 */
export function contains(left: Term, right: Side): Term | undefined {
  if (right.text !== undefined) return containsKnown(left, right.text)
  if (right.pattern !== undefined) return matchesPattern(left, right.pattern)
  return right.isVerbatim === true ? containsText(left, right) : containsValue(left, right)
}

function containsKnown(left: Term, text: Value<string>): Term | undefined {
  if (!text.ask(hasWildcard)) return containsText(left, { sql: text.map(needle).sql, depth: 1 })
  if (text.ask((pattern) => byteLength(pattern) <= maxPatternBytes)) {
    return term(sql`${left.sql} LIKE ${text.sql} ESCAPE '\\'`, 1, left)
  }
  return matchesParts(
    left,
    text.ask((pattern) => pattern),
  )
}

/** Uses LIKE if the pattern is short enough, and otherwise an equivalent without wildcards. */
function containsValue(left: Term, right: Term): Term {
  const query = sql`CASE WHEN octet_length(${right.sql}) <= ${maxPatternBytes - 2} THEN ${left.sql} LIKE ('%' || ${right.sql} || '%') ESCAPE '\\' ELSE instr(lower(${left.sql}), lower(${right.sql})) > 0 END`
  return term(query, 4, left, right)
}

function matchesPattern(left: Term, pattern: Term): Term {
  const query = sql`CASE WHEN octet_length(${pattern.sql}) <= ${maxPatternBytes} THEN ${left.sql} LIKE ${pattern.sql} ESCAPE '\\' END`
  return term(query, 3, left, pattern)
}

function containsText(left: Term, text: Term): Term {
  return term(sql`instr(lower(${left.sql}), lower(${text.sql})) > 0`, 3, left, text)
}

/** True if a string has an unescaped `%`. Without one, PocketBase puts `%` around it. */
export function hasWildcard(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    if (text.charAt(i) === '\\' && /[%\\]/.test(text.charAt(i + 1))) i += 1
    else if (text.charAt(i) === '%') return true
  }
  return false
}

/**
 * The substring that a string without wildcards searches for. From right to left, a backslash
 * before `\`, `%` or `_` escapes it and is dropped.
 */
function needle(text: string): string {
  let found = ''
  for (let i = text.length - 1; i >= 0; i -= 1) {
    const char = text.charAt(i)
    found = char + found
    if (/[\\%_]/.test(char) && text.charAt(i - 1) === '\\') i -= 1
  }
  return found
}

/** Matches a long pattern by its prefix, its infixes and its suffix. */
function matchesParts(left: Term, pattern: string): Term | undefined {
  const parts = splitPattern(pattern)
  if (parts === undefined) return undefined
  const first = parts[0] ?? ''
  const last = parts.at(-1) ?? ''
  const [middle, ...more] = parts.slice(1, -1).filter((part) => part !== '')
  if (more.length > 0) return undefined

  const value = sql`lower(${left.sql})`
  const head = characters(first)
  const tail = characters(last)
  const conditions: Term[] = []
  if (first !== '') {
    conditions.push(term(sql`substr(${value}, 1, ${head}) = lower(${first})`, 3, left))
  }
  if (last !== '') {
    conditions.push(term(sql`substr(${value}, ${-tail}) = lower(${last})`, 3, left))
  }
  if (middle !== undefined) {
    const rest = sql`substr(${value}, ${head + 1}, length(${value}) - ${head + tail})`
    conditions.push(term(sql`instr(${rest}, lower(${middle})) > 0`, 6, left))
  }
  return joinTerms('and', term(sql`length(${value}) >= ${head + tail}`, 3, left), ...conditions)
}

/** The literals between the `%` of a pattern; undefined if a `_` is among them. */
function splitPattern(pattern: string): string[] | undefined {
  const parts = ['']
  for (let i = 0; i < pattern.length; i += 1) {
    let char = pattern.charAt(i)
    if (char === '_') return undefined
    if (char === '%') {
      parts.push('')
      continue
    }
    if (char === '\\') {
      i += 1
      char = pattern.charAt(i)
      if (char === '') return undefined
    }
    parts[parts.length - 1] += char
  }
  return parts
}

function characters(text: string): number {
  return [...text].length
}
