import { assertAffordableJson } from '#kernel/json-cost.ts'

const surrogateEscape = /\\u[dD][89a-fA-F]/

/**
 * Parses a string that holds one JSON value. Half a surrogate pair becomes U+FFFD, since UTF-8
 * cannot encode it.
 *
 * @throws {SyntaxError} For invalid JSON, a number out of range, or a document over a request's
 * budget.
 */
export function parseJson(text: string): unknown {
  assertAffordableJson(text)
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
