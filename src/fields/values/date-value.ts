import { isFormattedDate } from '#kernel/dates.ts'
import { parseDate } from '#go-compat/parse-date.ts'
import type { FieldShape, ShapeUse } from '#fields/definition/field-shape.ts'
import { textValue } from './text-value.ts'

/** A time as it is stored; the empty string stands for none. */
const storedPattern = String.raw`^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z)?$`

/** The shared behaviour of both date types. Their strings sort by time. */
export const dateValue = {
  ...textValue,
  shape: (use: ShapeUse): FieldShape => ({
    type: 'string',
    ...(use === 'read' ? { pattern: storedPattern } : { format: 'date-time' }),
    examples: ['2026-01-31 12:00:00.000Z'],
  }),
  normalise(input: unknown): string {
    if (typeof input !== 'string') return ''
    // Nearly every date that is read was written by this server.
    return isFormattedDate(input) ? input : parseDate(input)
  },
} as const
