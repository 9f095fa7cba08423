import { sql } from 'drizzle-orm'
import { parseJson } from '#go-compat/casts.ts'
import { byteLength } from '#kernel/text.ts'
import { issuesOf } from '#go-compat/validation-rules.ts'
import { maxColumnBytes } from '#fields/definition/column-size.ts'
import { constraint, createField } from '#fields/definition/create-field.ts'
import { defineFieldType } from '#fields/definition/define-field-type.ts'
import { commonOptions, integer, sizeFault } from '#fields/definition/options.ts'
import { storedByteLength } from '#fields/values/text-value.ts'

const defaultMaxSize = 2 ** 20

/** SQLite's limit for nested JSON. */
const maxDepth = 1000

/** Blank values as JSON. */
const blanks = ['null', '""', '[]', '{}']

/**
 * Any JSON value. A string that parses as JSON is that JSON, both in bodies and in forms, so a
 * value must be normalised only once.
 *
 * Object keys are sorted, but keep their order in a JSON string. Keys that look like array indexes
 * come first, as everywhere in JavaScript.
 */
export const jsonField = defineFieldType({
  type: 'json',
  options: { ...commonOptions, maxSize: integer },
  validateOptions: ({ maxSize }) => issuesOf({ maxSize: sizeFault(maxSize) }),
  compile(definition) {
    const maxSize = Math.min(definition.maxSize || defaultMaxSize, maxColumnBytes)
    return createField<unknown>(definition, {
      column: { type: 'JSON', default: 'NULL', isNullable: true },
      zero: null,
      jsonAccess: 'document',
      shape: () => ({}),
      bodyBytes: definition.maxSize || defaultMaxSize,
      normalise: (input) =>
        typeof input === 'string' ? valueOfText(input) : withSortedKeys(input, maxDepth),
      isBlank: (value) => blanks.includes(JSON.stringify(value) ?? ''),
      isStoredBlank: (value) =>
        sql`(${value} IS NULL OR ${value} IN (SELECT value FROM json_each(${JSON.stringify(blanks)})))`,
      constraints: [
        constraint(
          {
            code: 'validation_json_size_limit',
            message: `The maximum allowed JSON size is ${maxSize} bytes.`,
            params: { maxSize },
          },
          (value) => byteLength(JSON.stringify(value) ?? '') > maxSize,
          (value) => sql`${storedByteLength(value)} > ${maxSize}`,
        ),
        constraint(
          { code: 'validation_invalid_json', message: 'Must be a valid json value.' },
          (value) => value === undefined,
        ),
      ],
      // SQL NULL, so that indexes, views and aggregates see that there is no value.
      toColumn: (value) => (value === null ? null : (JSON.stringify(value) ?? null)),
      // The column has numeric affinity: a JSON number comes back as a number.
      fromColumn: (stored) => (typeof stored === 'string' ? valueOfText(stored) : stored) ?? null,
    })
  },
})

/** Parses a string as JSON if it is no bare word. Anything else is a string. */
function valueOfText(text: string): unknown {
  if (!/^(?:[\d"[{-]|(?:null|true|false)$)/.test(text)) return text
  const value = parseJson(text)
  if (value === undefined) return text
  return isWithinDepth(value, maxDepth) ? value : undefined
}

function isWithinDepth(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return depth > 0 && Object.values(value).every((member) => isWithinDepth(member, depth - 1))
}

/** Sorts the keys of objects; undefined if the value is nested too deeply. */
function withSortedKeys(value: unknown, depth: number): unknown {
  return isWithinDepth(value, depth) ? sorted(value) : undefined
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).toSorted(([a], [b]) => compareCodePoints(a, b))
  return Object.fromEntries(members.map(([key, member]) => [key, sorted(member)]))
}

/** JavaScript compares UTF-16 units, which sorts characters outside the basic plane too early. */
function compareCodePoints(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)]
  const at = left.findIndex((character, index) => character !== right[index])
  if (at === -1) return left.length - right.length
  return (left[at]?.codePointAt(0) ?? -1) - (right[at]?.codePointAt(0) ?? -1)
}
