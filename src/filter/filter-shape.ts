import type { Value } from '#database/value.ts'
import { FilterError } from '#filter/syntax/filter-error.ts'
import { numberIn } from '#filter/syntax/parse.ts'
import { type Token, tokenize } from '#filter/syntax/tokenize.ts'

/** A filter without the values of its literals. Filters of one shape parse to the same tree but for these. */
export interface FilterShape {
  /** Equal for filters of the same shape, and for no others. */
  readonly key: string
  readonly literals: readonly Literal[]
}

/** A string or number in a filter. */
export interface Literal {
  readonly value: string | number
  readonly position: number
}

/** The values of literals, by their position; undefined for one that belongs to the shape. */
export type OpenLiterals = (position: number) => Value<string | number> | undefined

/** The shape of a filter; undefined if it cannot be split into tokens. Takes linear time. */
export function filterShape(filter: string): FilterShape | undefined {
  const tokens = tokenize(filter)
  if (tokens instanceof FilterError) return undefined

  const literals: Literal[] = []
  const brackets: Token['kind'][] = []
  let key = ''
  for (const { kind, text, position } of tokens) {
    if (kind === 'open' || kind === 'call') brackets.push(kind)
    if (kind === 'close') brackets.pop()
    // No token has a space, except a string, which is quoted. No name begins with a quote or a digit.
    if (kind === 'number') {
      literals.push({ value: numberIn(text), position })
      key += '0 '
    } else if (kind !== 'text') {
      key += kind === 'call' ? `${text}( ` : `${text} `
    } else if (brackets.at(-1) === 'call') {
      // The meaning of a function depends on its strings.
      key += `${JSON.stringify(text)} `
    } else {
      literals.push({ value: text, position })
      key += "'' "
    }
  }
  return { key, literals }
}
