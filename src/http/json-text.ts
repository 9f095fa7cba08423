import { budget } from '#kernel/budget.ts'

const surrogateEscape = /\\u[dD][89a-fA-F]/

/**
 * Reads the first JSON value of a text and ignores what follows it, as Go's decoder does.
 *
 * Half a surrogate pair becomes U+FFFD, since no UTF-8 could carry it.
 *
 * @throws {SyntaxError} For what is no JSON, a number out of range, or nesting past 1000 levels.
 */
export function parseFirstJson(text: string): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    const first = firstDocument(text)
    if (first === undefined) throw error
    return parseJson(first)
  }
}

/**
 * Reads a text that is one JSON value and nothing else.
 *
 * @throws {SyntaxError} As `parseFirstJson`, and for anything after the value.
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text, surrogateEscape.test(text) ? wellFormed : undefined)
  assertStorable(value, 1)
  return value
}

function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value
}

function assertStorable(value: unknown, depth: number): void {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new SyntaxError('A number is out of range.')
  }
  if (typeof value !== 'object' || value === null) return
  if (depth > budget.jsonDepth) throw new SyntaxError('The document is nested too deeply.')
  for (const member of Object.values(value)) assertStorable(member, depth + 1)
}

/** The part of a text up to the end of the object or array it begins with; only `null` of the scalars. */
function firstDocument(text: string): string | undefined {
  const start = text.replace(/^[ \t\n\r]+/, '')
  if (start.startsWith('null')) return 'null'
  if (!start.startsWith('{') && !start.startsWith('[')) return undefined

  let depth = 0
  let inString = false
  for (let at = 0; at < start.length; at++) {
    const char = start[at]
    if (inString) {
      if (char === '\\') at++
      else if (char === '"') inString = false
    } else if (char === '"') inString = true
    else if (char === '{' || char === '[') depth++
    else if ((char === '}' || char === ']') && --depth === 0) return start.slice(0, at + 1)
  }
  return undefined
}
