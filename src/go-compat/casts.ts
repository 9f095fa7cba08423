/*
 * PocketBase's casts of values with the wrong type: a form's string for a number, a number for a
 * string. Casts never fail. A value that makes no sense becomes the zero value.
 */

/**
 * Converts a scalar to a string, numbers without an exponent; `''` for null, arrays and objects.
 */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return decimal(value)
  return typeof value === 'boolean' ? String(value) : ''
}

/**
 * Converts a scalar to a number, else 0. `Infinity` and `NaN` are numbers here, also as strings.
 */
export function toNumber(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'string' ? parseNumber(value) : 0
}

/**
 * True for non-zero numbers and for the words that mean true. `yes` and `on` are not among them.
 */
export function toBool(value: unknown): boolean {
  if (typeof value === 'string') return parseBool(value) ?? false
  return value === true || (typeof value === 'number' && value !== 0)
}

const truths: ReadonlySet<string> = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const falsehoods: ReadonlySet<string> = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])

/** Parses a boolean as Go's `strconv.ParseBool` does; undefined for any other string. */
export function parseBool(text: string): boolean | undefined {
  if (truths.has(text)) return true
  return falsehoods.has(text) ? false : undefined
}

/**
 * The distinct, non-empty strings of an array, of a JSON array in a string, or of a single scalar.
 */
export function toTextList(value: unknown): string[] {
  return [...new Set(texts(value))].filter((text) => text !== '')
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return textsOfJson(value) ?? [value]
  if (!Array.isArray(value)) return [toText(value)]
  // One nested value invalidates the list.
  return value.some((item) => typeof item === 'object' && item !== null) ? [] : value.map(toText)
}

function textsOfJson(text: string): string[] | undefined {
  if (!text.includes('[')) return undefined
  const list = parseJson(text)
  if (!Array.isArray(list)) return undefined
  return list.every((item) => typeof item === 'string' || item === null)
    ? list.map(toText)
    : undefined
}

/** Parses JSON. Undefined, which is no JSON value, if the string is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** The shortest digits that parse back to the same number, without an exponent. */
function decimal(value: number): string {
  if (Object.is(value, -0)) return '-0'
  const text = String(value)
  const parts = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (parts === null) return text
  const [, sign = '', first = '', rest = '', exponent = '0'] = parts
  const digits = first + rest
  const point = 1 + Number(exponent)
  return point <= 0
    ? `${sign}0.${'0'.repeat(-point)}${digits}`
    : `${sign}${digits.padEnd(point, '0')}`
}

// Each string matches in one way only. Otherwise the time for a long one would be quadratic.
const decimalNumber = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i

function parseNumber(text: string): number {
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  if (/^nan$/i.test(text)) return NaN
  const value = decimalNumber.test(text) ? Number(text) : 0
  // Literals out of range are not numbers.
  return Number.isFinite(value) ? value : 0
}
