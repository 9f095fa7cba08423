import { type SQL, sql } from 'drizzle-orm'
import { type FieldIssue, required } from '#kernel/errors.ts'
import { atLeast, atMost, issuesOf, firstIssue } from '#go-compat/validation-rules.ts'
import { type Constraint, createField } from '#fields/definition/create-field.ts'
import { defineFieldType } from '#fields/definition/define-field-type.ts'
import {
  addedTo,
  listOf,
  listParameter,
  type MultiValue,
  multiValue,
  valuesOf,
} from '#fields/values/multi-value.ts'
import { oneOrMany } from '#fields/definition/field-shape.ts'
import { commonOptions, integer, texts } from '#fields/definition/options.ts'
import { maxCount } from '#fields/values/value-count.ts'

/** One or many values of a fixed set. */
export const selectField = defineFieldType({
  type: 'select',
  options: { ...commonOptions, values: texts, maxSelect: integer },
  validateOptions: ({ values, maxSelect }) =>
    issuesOf({
      values: (values ?? []).length === 0 ? required : undefined,
      maxSelect: firstIssue(maxSelect, atLeast(0), atMost(values?.length || 1)),
    }),
  compile(definition) {
    const { maxSelect } = definition
    const behaviour = multiValue(maxSelect)
    return createField<MultiValue>(definition, {
      ...behaviour,
      shape: (use) => {
        const values = definition.values ?? []
        const mayBeBlank = !behaviour.isMultiple && !definition.required
        const one = { type: 'string', enum: mayBeBlank ? [...values, ''] : values } as const
        return oneOrMany(behaviour.isMultiple, one, use === 'read' ? {} : { maxItems: maxSelect })
      },
      constraints: [...maxCount(maxSelect), membership(definition.values ?? [], maxSelect > 1)],
    })
  },
})

function membership(allowed: readonly string[], isMultiple: boolean): Constraint<MultiValue> {
  const isRefused = (value: string): boolean => !allowed.includes(value)
  const allowedList = sql`(SELECT value FROM json_each(${listParameter(allowed)}))`
  const refusedOf = (list: SQL): SQL =>
    isMultiple
      ? sql`SELECT value FROM (${valuesOf(list)}) WHERE value NOT IN ${allowedList}`
      : sql`SELECT ${list} WHERE ${list} NOT IN ${allowedList}`
  const has = (list: SQL, value: string): SQL =>
    isMultiple ? sql`${value} IN (SELECT value FROM (${valuesOf(list)}))` : sql`${list} = ${value}`

  return {
    faultOf(value) {
      const refused = listOf(value).find(isRefused)
      return refused === undefined ? undefined : invalidValue(refused)
    },
    checksOf: (value) => [
      ...addedTo(value)
        .filter(isRefused)
        .map((refused) => ({ violated: has(value.sql, refused), issue: invalidValue(refused) })),
      // A stored value may no longer be allowed.
      {
        violated: sql`EXISTS (${refusedOf(value.sql)})`,
        issue: { subject: sql`(${refusedOf(value.sql)} LIMIT 1)`, issueOf: invalidValue },
      },
    ],
  }
}

function invalidValue(value: string): FieldIssue {
  const message = `Invalid value ${value}`
  return { code: 'validation_invalid_value', message, params: { value } }
}
