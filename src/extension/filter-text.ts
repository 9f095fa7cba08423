import { parseFilter } from '#filter/syntax/parse.ts'

/** A filter with placeholders, `title = {:title}`, and their values. */
export interface BoundFilter {
  readonly filter: string
  readonly params?: Readonly<Record<string, FilterValue>>
}

/** A value of a placeholder. */
export type FilterValue = string | number | boolean | Date | null | object

/**
 * Puts the values into a filter, each as one literal. A value never becomes syntax, and a placeholder
 * inside a value is text.
 *
 * @throws {RangeError} For a placeholder without a value, and for a number that has no literal.
 */
export function filterText({ filter, params = {} }: BoundFilter): string {
  const values = new Map(Object.entries(params))
  return filter.replace(/\{:(\w+)\}/g, (_, name: string) => {
    const value = values.get(name)
    if (value === undefined) throw new RangeError(`The filter has no value for {:${name}}.`)
    return literal(value)
  })
}

/**
 * The text of a condition that a hook adds.
 *
 * @throws {Error} For one that has no meaning, so that it is the hook's failure.
 */
export function boundCondition(condition: BoundFilter): string {
  const text = filterText(condition)
  if (!parseFilter(text).ok) throw new Error('The condition of a hook is not a filter.')
  return text
}

function literal(value: FilterValue): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') {
    const text = String(value)
    if (!/^-?\d+(?:\.\d+)?$/.test(text)) throw new RangeError(`${text} is no number of a filter.`)
    return text
  }
  if (typeof value === 'string') return quoted(value)
  if (value instanceof Date) return quoted(value.toISOString().replace('T', ' '))
  return quoted(JSON.stringify(value))
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
