import { sql } from 'drizzle-orm'
import { toNumber } from '#go-compat/casts.ts'
import type { FieldIssue } from '#kernel/errors.ts'
import { issuesOf } from '#go-compat/validation-rules.ts'
import { type Constraint, constraint, createField } from '#fields/definition/create-field.ts'
import { defineFieldType } from '#fields/definition/define-field-type.ts'
import { limits } from '#fields/definition/field-shape.ts'
import type { FieldValue } from '#fields/definition/field-type.ts'
import { commonOptions, flag, limit } from '#fields/definition/options.ts'

const decimal: FieldIssue = {
  code: 'validation_only_int_constraint',
  message: 'Decimal numbers are not allowed.',
}

/** A floating-point number. Zero means not set and is exempt from the limits. */
export const numberField = defineFieldType({
  type: 'number',
  options: { ...commonOptions, min: limit, max: limit, onlyInt: flag },
  validateOptions: ({ min, max, onlyInt }) =>
    issuesOf({
      min: decimalFault(min, onlyInt),
      max: decimalFault(max, onlyInt) ?? orderFault(min, max),
    }),
  compile: (definition) =>
    createField(definition, {
      column: { type: 'NUMERIC', default: '0' },
      zero: 0,
      isNumber: true,
      shape: (use) => ({
        type: definition.onlyInt ? 'integer' : 'number',
        ...(use === 'read' ? {} : limits(definition.min, definition.max)),
      }),
      normalise: toNumber,
      isBlank: (value) => value === 0,
      isStoredBlank: (value) => sql`${value} = 0`,
      constraints: [
        finite,
        ...(definition.onlyInt ? [onlyInteger] : []),
        ...(definition.min === null ? [] : [atLeast(definition.min)]),
        ...(definition.max === null ? [] : [atMost(definition.max)]),
      ],
      modifiers: {
        'key+': (current, operand) => add(current, toNumber(operand)),
        'key-': (current, operand) => add(current, -toNumber(operand)),
      },
      toColumn: (value) => value,
    }),
})

function add(current: FieldValue, operand: number): FieldValue {
  if ('known' in current) return { known: toNumber(current.known) + operand }
  // The stored value is finite. D1 would bind NULL for an infinite operand.
  return Number.isFinite(operand) ? { sql: sql`(${current.sql} + ${operand})` } : { known: operand }
}

const finite = constraint<number>(
  {
    code: 'validation_not_a_number',
    message: 'The submitted number is not properly formatted.',
  },
  (value) => !Number.isFinite(value),
  (value) => sql`abs(${value}) > ${Number.MAX_VALUE}`,
)

const onlyInteger = constraint<number>(
  decimal,
  (value) => !isInt64(value),
  (value) => sql`${value} <> CAST(${value} AS INTEGER)`,
)

/** Larger numbers have no fraction either, but PocketBase rejects them. */
function isInt64(value: number): boolean {
  return Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63
}

function atLeast(min: number): Constraint<number> {
  return constraint(
    minIssue(min),
    (value) => value < min,
    (value) => sql`${value} < ${min}`,
  )
}

function atMost(max: number): Constraint<number> {
  return constraint(
    {
      code: 'validation_max_number_constraint',
      message: `Must be less or equal than ${max}.`,
      params: { max },
    },
    (value) => value > max,
    (value) => sql`${value} > ${max}`,
  )
}

function minIssue(min: number): FieldIssue {
  return {
    code: 'validation_min_number_constraint',
    message: `Must be greater or equal than ${min}.`,
    params: { min },
  }
}

function decimalFault(value: number | null, onlyInt: boolean): FieldIssue | undefined {
  return onlyInt && value !== null && !isInt64(value) ? decimal : undefined
}

function orderFault(min: number | null, max: number | null): FieldIssue | undefined {
  return min !== null && max !== null && max < min ? minIssue(min) : undefined
}
