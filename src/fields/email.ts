import { isEmail } from '#go-compat/formats.ts'
import { constraint, createField } from '#fields/definition/create-field.ts'
import { defineFieldType } from '#fields/definition/define-field-type.ts'
import { allowsDomain, domainListFaults, domainOptions } from '#fields/values/domain-lists.ts'
import { commonOptions } from '#fields/definition/options.ts'
import { textValue } from '#fields/values/text-value.ts'

/** An email address, kept as it was sent. */
export const emailField = defineFieldType({
  type: 'email',
  options: { ...commonOptions, ...domainOptions },
  validateOptions: domainListFaults,
  compile: (definition) =>
    createField<string>(definition, {
      ...textValue,
      shape: (use) => ({ type: 'string', ...(use === 'read' ? {} : { format: 'email' }) }),
      constraints: [
        constraint(
          { code: 'validation_is_email', message: 'Must be a valid email address.' },
          (value) => !isEmail(value),
        ),
        constraint(
          { code: 'validation_email_domain_not_allowed', message: 'Email domain is not allowed.' },
          (value) => !allowsDomain(definition, value.slice(value.lastIndexOf('@') + 1)),
        ),
      ],
    }),
})
