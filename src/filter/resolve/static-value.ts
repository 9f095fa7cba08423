import type { Value } from '#database/value.ts'
import { FilterError } from '#filter/syntax/filter-error.ts'
import type { ResolvedOperand } from '#filter/sql/operand.ts'
import { boundValue, lowered, truth } from '#filter/sql/operand.ts'
import { splitModifier } from './path.ts'
import type { FilterCollection } from '#filter/schema.ts'

/**
 * Resolves a path into the request's data, by keys and array indexes.
 *
 * A numeric string becomes a number if the base collection has a number field with the name of the
 * last segment, since forms and query strings have no numbers.
 */
export function resolveStatic(
  data: Value<unknown>,
  path: readonly string[],
  base: FilterCollection,
  position: number,
): ResolvedOperand | FilterError {
  const split = splitModifier(path.at(-1) ?? '')
  if (typeof split === 'string') return new FilterError(split, position)
  const { name, modifier } = split
  if (modifier !== undefined && modifier !== 'isset' && modifier !== 'lower') {
    return new FilterError(`The modifier ${JSON.stringify(modifier)} is for fields only.`, position)
  }

  const keys = [...path.slice(0, -1), name]
  const found = data.map((known) => valueAt(known, keys))
  if (modifier === 'isset') return truth(found.ask((value) => value !== undefined))
  const isNumber = base.field(name)?.isNumber === true
  const operand = boundValue(isNumber ? found.map(asNumber) : found)
  return modifier === 'lower' ? lowered(operand) : operand
}

/** The value at a path of nested objects and arrays; undefined if there is none. */
function valueAt(data: unknown, path: readonly string[]): unknown {
  let value = data
  for (const key of path) {
    const isContainer = typeof value === 'object' && value !== null
    if (!isContainer || !Object.hasOwn(value as object, key)) return undefined
    if (Array.isArray(value) && !/^\d+$/.test(key)) return undefined
    value = (value as Readonly<Record<string, unknown>>)[key]
  }
  return value
}

function asNumber(value: unknown): unknown {
  const isNumeric =
    typeof value === 'string' && /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(value)
  return isNumeric ? Number(value) : value
}
