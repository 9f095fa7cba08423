import { hostOf, isUrl } from '#go-compat/formats.ts'
import { constraint, createField } from '#fields/definition/create-field.ts'
import { defineFieldType } from '#fields/definition/define-field-type.ts'
import { allowsDomain, domainListFaults, domainOptions } from '#fields/values/domain-lists.ts'
import { commonOptions } from '#fields/definition/options.ts'
import { textValue } from '#fields/values/text-value.ts'

/** A URL. Its domain lists compare the host with its port. Without a scheme there is no host. */
export const urlField = defineFieldType({
  type: 'url',
  options: { ...commonOptions, ...domainOptions },
  validateOptions: domainListFaults,
  compile: (definition) =>
    createField<string>(definition, {
      ...textValue,
      shape: (use) => ({ type: 'string', ...(use === 'read' ? {} : { format: 'uri' }) }),
      constraints: [
        constraint(
          { code: 'validation_invalid_url', message: 'Must be a valid url.' },
          (value) => !isUrl(value),
        ),
        constraint(
          { code: 'validation_url_domain_not_allowed', message: 'Url domain is not allowed.' },
          (value) => !allowsDomain(definition, hostOf(value)),
        ),
      ],
    }),
})
