/*
 * Conditions as data. `{ status: 'open', views: { gt: 3 } }` becomes the filter
 * `status='open' && views>3`, so that no value is ever read as syntax.
 */

/** A value that a field is compared with. */
export type FilterValue = string | number | boolean | Date | null

/** Comparisons of one field. Each must hold. */
export interface Operators<V> {
  readonly eq?: V
  readonly ne?: V
  readonly gt?: V
  readonly gte?: V
  readonly lt?: V
  readonly lte?: V
  /** Contains the text. `%` stands for any characters, and then the rest must match. */
  readonly like?: string
  readonly notLike?: string
  /** Is one of these values; an empty list matches nothing. */
  readonly in?: readonly V[]
  readonly isEmpty?: boolean
  /** One of the values of the field, or of the related records, is enough. */
  readonly any?: V | Omit<Operators<V>, 'any' | 'in' | 'isEmpty'>
}

/** Conditions by field. Each must hold. */
export type UncheckedWhere = Readonly<Record<string, unknown>>

const signs: Readonly<Record<string, string>> = {
  eq: '=',
  ne: '!=',
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
  like: '~',
  notLike: '!~',
}

/**
 * Writes conditions as a filter.
 *
 * @throws {RangeError} For an operator that does not exist, and for a number that has no literal.
 */
export function filterOf(where: UncheckedWhere): string {
  return joined(
    Object.entries(where).flatMap(([name, condition]) => {
      if (condition === undefined) return []
      if (name === 'and' || name === 'or') {
        const parts = (condition as readonly UncheckedWhere[]).map(filterOf)
        // Nothing holds if one of none has to.
        if (parts.length === 0) return name === 'and' ? [] : [nothing]
        return [
          joined(
            parts.filter((part) => part !== ''),
            name === 'and' ? '&&' : '||',
          ),
        ]
      }
      return conditionOf(name, condition)
    }),
  )
}

/** A condition that no record meets. */
const nothing = "id=''"

function conditionOf(name: string, condition: unknown): string[] {
  if (!isOperators(condition)) return [compared(name, 'eq', condition)]
  return Object.entries(condition).flatMap(([operator, value]) => {
    if (value === undefined) return []
    if (operator === 'isEmpty') return [`${name}${value === true ? '=' : '!='}''`]
    if (operator === 'in') {
      const values = value as readonly unknown[]
      return [
        values.length === 0 ? nothing : balanced(values.map((one) => compared(name, 'eq', one))),
      ]
    }
    if (operator !== 'any') return [compared(name, operator, value)]
    const any = isOperators(value) ? Object.entries(value) : [['eq', value] as const]
    return any.map(([each, one]) => compared(name, each, one, '?'))
  })
}

function isOperators(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Date)
}

function compared(name: string, operator: string, value: unknown, prefix = ''): string {
  const sign = signs[operator]
  if (sign === undefined) throw new RangeError(`There is no operator ${operator}.`)
  return `${name}${prefix}${sign}${literal(value)}`
}

/** A long list as a tree, since a filter has a limited depth. */
function balanced(parts: readonly string[]): string {
  if (parts.length <= 2) return joined(parts, '||')
  const middle = parts.length >> 1
  return `(${balanced(parts.slice(0, middle))}||${balanced(parts.slice(middle))})`
}

function joined(parts: readonly string[], sign = '&&'): string {
  return parts.length > 1 ? `(${parts.join(sign)})` : (parts[0] ?? '')
}

function literal(value: unknown): string {
  if (value instanceof Date) return quoted(value.toISOString().replace('T', ' '))
  if (typeof value === 'string') return quoted(value)
  if (value === null || typeof value === 'boolean') return String(value)
  const text = String(value)
  if (!/^-?\d+(?:\.\d+)?$/.test(text)) throw new RangeError(`${text} is no value of a filter.`)
  return text
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
