import { sql } from 'drizzle-orm'
import { parseJson } from '#go-compat/casts.ts'
import { byteLength } from '#kernel/text.ts'
import { issuesOf } from '#go-compat/validation-rules.ts'
import { maxColumnBytes } from './column-size.ts'
import { constraint, createField } from './create-field.ts'
import { defineFieldType } from './define-field-type.ts'
import { commonOptions, integer, sizeFault } from './options.ts'
import { storedByteLength } from './text-value.ts'

const defaultMaxSize = 2 ** 20

/** SQLite reads no JSON that is nested deeper. */
const maxDepth = 1000

/** JSON texts of what counts as nothing. */
const blanks = ['null', '""', '[]', '{}']

/**
 * Any JSON value. A text that reads as JSON is that JSON, in bodies as in forms, so its value must
 * be normalised once only.
 *
 * Object keys come in alphabetical order, but in a JSON text in the order of the text. Keys that look
 * like array indexes come first, as everywhere in JavaScript.
 */
export const jsonField = defineFieldType({
  type: 'json',
  options: { ...commonOptions, maxSize: integer },
  validateOptions: ({ maxSize }) => issuesOf({ maxSize: sizeFault(maxSize) }),
  compile(definition) {
    const maxSize = Math.min(definition.maxSize || defaultMaxSize, maxColumnBytes)
    return createField<unknown>(definition, {
      ddl: 'JSON DEFAULT NULL',
      zero: null,
      jsonAccess: 'document',
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
      // SQL's own null, so that indexes, views and aggregates see that there is no value.
      toColumn: (value) => (value === null ? null : (JSON.stringify(value) ?? null)),
      // The column has numeric affinity: a JSON text of a number comes back as the number.
      fromColumn: (stored) => (typeof stored === 'string' ? valueOfText(stored) : stored) ?? null,
    })
  },
})

/** The value a text stands for: JSON that is no bare word is read, anything else is a string. */
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

/** The same value with the keys of its objects in order; undefined when it is nested too deeply. */
function withSortedKeys(value: unknown, depth: number): unknown {
  return isWithinDepth(value, depth) ? sorted(value) : undefined
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).toSorted(([a], [b]) => compareCodePoints(a, b))
  return Object.fromEntries(members.map(([key, member]) => [key, sorted(member)]))
}

/** JavaScript compares UTF-16 units, which puts what lies beyond the basic plane too early. */
function compareCodePoints(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)]
  const at = left.findIndex((character, index) => character !== right[index])
  if (at === -1) return left.length - right.length
  return (left[at]?.codePointAt(0) ?? -1) - (right[at]?.codePointAt(0) ?? -1)
}
