import { parseDate } from '#go-compat/parse-date.ts'
import { textValue } from './text-value.ts'

/** The part of the behaviour that both kinds of dates share. Their texts sort by time. */
export const dateValue = {
  ...textValue,
  normalise: (input: unknown) => (typeof input === 'string' ? parseDate(input) : ''),
} as const
