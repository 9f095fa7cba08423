import { formatDate } from '#kernel/dates.ts'
import type { FieldIssue } from '#kernel/errors.ts'
import { issuesOf, firstIssue } from '#go-compat/validation-rules.ts'
import { createField } from '#fields/definition/create-field.ts'
import { dateValue } from '#fields/values/date-value.ts'
import { defineFieldType } from '#fields/definition/define-field-type.ts'
import { flag } from '#fields/definition/options.ts'

const neither: FieldIssue = {
  code: 'validation_required',
  message: 'Either onCreate or onUpdate must be enabled.',
}

const changed: FieldIssue = { code: 'validation_values_mismatch', message: "Values don't match." }

/** The time of creation or of the last change. Only the server sets it; it has no help text. */
export const autodateField = defineFieldType({
  type: 'autodate',
  options: { onCreate: flag, onUpdate: flag },
  validateOptions(definition, { previous }) {
    const { onCreate, onUpdate, system } = definition
    const wasChanged = (option: 'onCreate' | 'onUpdate'): boolean =>
      system && previous?.type === 'autodate' && previous[option] !== definition[option]
    const isNever = !onCreate && !onUpdate
    const faultOf = (option: 'onCreate' | 'onUpdate'): FieldIssue | undefined =>
      firstIssue(
        definition[option],
        () => (wasChanged(option) ? changed : undefined),
        () => (isNever ? neither : undefined),
      )
    return issuesOf({ onCreate: faultOf('onCreate'), onUpdate: faultOf('onUpdate') })
  },
  compile: (definition) =>
    createField<string>(definition, {
      ...dateValue,
      acceptsInput: false,
      fill: (event, _value, now) =>
        (event === 'create' ? definition.onCreate : definition.onUpdate)
          ? formatDate(now)
          : undefined,
    }),
})
