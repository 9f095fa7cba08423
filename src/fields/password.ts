import type { FieldIssue } from '#kernel/errors.ts'
import { byteLength } from '#kernel/text.ts'
import { atLeast, atMost, issuesOf, firstIssue } from '#go-compat/validation-rules.ts'
import { constraint, createField } from '#fields/definition/create-field.ts'
import { defineFieldType } from '#fields/definition/define-field-type.ts'
import { textLimits } from '#fields/definition/field-shape.ts'
import { commonOptions, integer, patternFault, text } from '#fields/definition/options.ts'
import { patternConstraints, textLength, textValue } from '#fields/values/text-value.ts'

/** The default maximum in characters, and the maximum in bytes, since hashes ignore the rest. */
const defaultMax = 71
const maxBytes = 72

/**
 * A password. The plain string is validated and its hash is stored, but neither is ever returned:
 * outside, the value is always `''`. The code that writes the record hashes it.
 */
export const passwordField = defineFieldType({
  type: 'password',
  options: { ...commonOptions, min: integer, max: integer, pattern: text, cost: integer },
  validateOptions: ({ min, max, pattern, cost }) =>
    issuesOf({
      min: firstIssue(min, atLeast(1), atMost(defaultMax)),
      max: firstIssue(max, atLeast(min), atMost(defaultMax)),
      cost: firstIssue(cost, atLeast(4), atMost(31)),
      pattern: patternFault(pattern),
    }),
  compile(definition) {
    const { min, pattern } = definition
    const max = definition.max || defaultMax
    return createField<string>(definition, {
      ...textValue,
      shape: (use) => ({
        type: 'string',
        ...(use === 'read' ? {} : { format: 'password', ...textLimits(min, max, pattern) }),
      }),
      isHashed: true,
      minLength: min || 1,
      constraints: [
        constraint(tooManyBytes, (value) => byteLength(value) > maxBytes),
        constraint(
          {
            code: 'validation_min_text_constraint',
            message: `Must be at least ${min} character(s).`,
          },
          (value) => textLength(value) < min,
        ),
        constraint(
          {
            code: 'validation_max_text_constraint',
            message: `Must be less than ${max} character(s).`,
          },
          (value) => textLength(value) > max,
        ),
        ...patternConstraints(pattern),
      ],
      fromColumn: () => '',
    })
  },
})

const tooManyBytes: FieldIssue = { code: 'validation_invalid_value', message: 'Invalid value.' }
