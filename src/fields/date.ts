import { sql } from 'drizzle-orm'
import type { FieldIssue } from '#kernel/errors.ts'
import { type Constraint, constraint, createField } from '#fields/definition/create-field.ts'
import { dateValue } from '#fields/values/date-value.ts'
import { defineFieldType } from '#fields/definition/define-field-type.ts'
import { commonOptions, date } from '#fields/definition/options.ts'

/**
 * A time in UTC, to the millisecond. Limits that allow no time at all are accepted, as in
 * PocketBase.
 */
export const dateField = defineFieldType({
  type: 'date',
  options: { ...commonOptions, min: date, max: date },
  compile: (definition) => {
    const { min, max } = definition
    return createField<string>(definition, {
      ...dateValue,
      constraints: [
        ...(min === '' ? [] : [notBefore(min)]),
        ...(max === '' ? [] : [notAfter(max)]),
      ],
    })
  },
})

function notBefore(min: string): Constraint<string> {
  return constraint(
    limitIssue('validation_min_greater_equal_than_required', 'less', min),
    (value) => value < min,
    (value) => sql`${value} < ${min}`,
  )
}

function notAfter(max: string): Constraint<string> {
  return constraint(
    limitIssue('validation_max_less_equal_than_required', 'greater', max),
    (value) => value > max,
    (value) => sql`${value} > ${max}`,
  )
}

/** The limit in Go's formats: its String method in the message, RFC 3339 in JSON. */
function limitIssue(code: string, comparison: string, limit: string): FieldIssue {
  const [day = '', time = ''] = limit.replace(/(?:\.000|0{0,2})Z$/, '').split(' ')
  return {
    code,
    message: `Must be no ${comparison} than ${day} ${time} +0000 UTC.`,
    params: { threshold: `${day}T${time}Z` },
  }
}
