import * as z from 'zod'
import { dictionary } from './dictionary.ts'

/**
 * Validates an object whose names come from outside, as a dictionary. Zod's own `record` drops a
 * member called `__proto__`.
 */
export function namedValues<Value extends z.ZodType>(value: Value) {
  return z
    .preprocess(entriesOf, z.array(z.tuple([z.string(), value])))
    .transform((entries) => dictionary<z.output<Value>>(entries as [string, z.output<Value>][]))
}

function entriesOf(input: unknown): unknown {
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input)
  return isObject ? Object.entries(input) : undefined
}
