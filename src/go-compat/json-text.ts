import { endOfJson } from '#kernel/json-cost.ts'

const surrogateEscape = /\\u[dD][89a-fA-F]/

/**
 * Parses the first JSON value of a string and ignores what follows it, as Go's decoder does.
 *
 * Half a surrogate pair becomes U+FFFD, since UTF-8 cannot encode it.
 *
 * @throws {SyntaxError} For invalid JSON, a number out of range, or a document over a request's
 * budget.
 */
export function parseFirstJson(text: string): unknown {
  const start = text.replace(/^[ \t\n\r]+/, '')
  if (start.startsWith('null')) return null
  if (!/^[[{]/.test(start)) return parse(start)
  return parse(start.slice(0, endOfJson(start)))
}

/**
 * Parses a string that holds one JSON value and nothing else.
 *
 * @throws {SyntaxError} As `parseFirstJson`, and for anything after the value.
 */
export function parseJson(text: string): unknown {
  endOfJson(text)
  return parse(text)
}

function parse(text: string): unknown {
  const value: unknown = JSON.parse(text, surrogateEscape.test(text) ? wellFormed : undefined)
  assertFinite(value)
  return value
}

function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value
}

function assertFinite(value: unknown): void {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new SyntaxError('A number is out of range.')
  }
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(assertFinite)
}
