/*
 * Reading of SQL as far as the screen needs it: which statements ask first, and where an error is.
 * The server parses it properly.
 */

/** Words that begin a statement that only reads. */
const readingWords = ['SELECT', 'VALUES', 'EXPLAIN', 'PRAGMA', 'WITH']

/** The first word of a statement in upper case, without the comments before it. */
export function verbOf(statement: string): string {
  return (/[a-z]+/i.exec(withoutQuoted(statement))?.[0] ?? '').toUpperCase()
}

/** True unless the statement surely only reads. */
export function mayWrite(statement: string): boolean {
  const verb = verbOf(statement)
  if (!readingWords.includes(verb)) return true
  return verb === 'WITH' && /\b(?:insert|replace|update|delete)\b/i.test(withoutQuoted(statement))
}

/** Blanks out comments, strings and quoted names, and keeps all positions. */
function withoutQuoted(statement: string): string {
  return statement.replace(
    /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]/g,
    (part) => ' '.repeat(part.length),
  )
}

/** The position that an error message of SQLite points at; undefined if it names none. */
export function positionOf(
  statement: string,
  message: string,
): { readonly from: number; readonly to: number } | undefined {
  const offset = Number(/ at offset (\d+)/.exec(message)?.[1] ?? Number.NaN)
  const named =
    /near "([^"]+)"/.exec(message)?.[1] ??
    /no such (?:column|table|function): ([^\s:]+)/.exec(message)?.[1] ??
    /function (\w+)\(/.exec(message)?.[1]
  if (named !== undefined) {
    const word = statement.includes(named) ? named : (named.split('.').at(-1) ?? named)
    const from = word === '' ? -1 : nearest(statement, word, Number.isNaN(offset) ? 0 : offset)
    if (from >= 0) return { from, to: from + word.length }
  }
  if (Number.isNaN(offset) || offset >= statement.length) return undefined
  const length = /^\w+/.exec(statement.slice(offset))?.[0].length ?? 1
  return { from: offset, to: offset + length }
}

/** SQLite counts bytes, so the offset may be a few characters too high. */
function nearest(text: string, word: string, offset: number): number {
  let best = -1
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (best < 0 || Math.abs(at - offset) < Math.abs(best - offset)) best = at
  }
  return best
}

/** A step of a query plan. */
export interface PlanStep {
  readonly id: string
  readonly depth: number
  readonly text: string
  /** True if it reads every row of a table. */
  readonly isFullScan: boolean
}

/** The steps in the rows of EXPLAIN QUERY PLAN: id, parent, unused, detail. */
export function planOf(rows: readonly (readonly (string | null)[])[]): PlanStep[] {
  const depths = new Map<string, number>()
  return rows.map(([id, parent, , detail]) => {
    const depth = (depths.get(parent ?? '') ?? -1) + 1
    depths.set(id ?? '', depth)
    const text = detail ?? ''
    const isFullScan = /^SCAN (?!CONSTANT ROW|\(?subquery)/i.test(text) && !/ INDEX /.test(text)
    return { id: id ?? '', depth, text, isFullScan }
  })
}

/** The width of a column in pixels, from its longest text. */
export function widthOf(label: string, values: readonly (string | null | undefined)[]): number {
  let longest = label.length + 1
  for (const value of values) longest = Math.max(longest, Math.min(value?.length ?? 4, 60))
  return Math.min(360, Math.max(72, Math.ceil(longest * 8.2) + 28))
}
