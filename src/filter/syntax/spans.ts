import type { Comparison, Operand } from './ast.ts'
import type { Token } from './tokenize.ts'
import { tokenize } from './tokenize.ts'
import { FilterError } from './filter-error.ts'

/** A part of a filter's text, as indexes into it. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** The places of a comparison and of its sides. */
export interface ComparisonSpans extends Span {
  readonly left: Span
  readonly right: Span
}

/** Finds the places of the comparisons of a filter that was parsed from this text. */
export function createSpans(text: string): (comparison: Comparison) => ComparisonSpans {
  const read = tokenize(text)
  const tokens = read instanceof FilterError ? [] : read
  const indexes = new Map(tokens.map((token, index) => [token.position, index]))

  function spanOf({ position }: Operand): Span {
    const index = indexes.get(position) ?? -1
    const last = tokens[lastOf(tokens, index)]
    return { start: position, end: last === undefined ? position : endOf(text, last) }
  }

  return ({ left, right }) => {
    const [l, r] = [spanOf(left), spanOf(right)]
    return { start: l.start, end: r.end, left: l, right: r }
  }
}

/** The index of the last token of an operand: the closing bracket of a call, else the first. */
function lastOf(tokens: readonly Token[], first: number): number {
  if (tokens[first]?.kind !== 'call') return first
  let depth = 0
  for (let at = first; at < tokens.length; at += 1) {
    if (tokens[at]?.kind === 'call') depth += 1
    if (tokens[at]?.kind === 'close') depth -= 1
    if (depth === 0) return at
  }
  return first
}

function endOf(text: string, { kind, position, text: content }: Token): number {
  if (kind !== 'text') return position + content.length
  const quote = text.charAt(position)
  let end = position + 1
  while (end < text.length && text.charAt(end) !== quote) end += text.charAt(end) === '\\' ? 2 : 1
  return Math.min(end + 1, text.length)
}
