import { parseDate } from '#go-compat/parse-date.ts'
import { textValue } from './text-value.ts'

/** The shared behaviour of both date types. Their strings sort by time. */
export const dateValue = {
  ...textValue,
  normalise: (input: unknown) => (typeof input === 'string' ? parseDate(input) : ''),
} as const
