import { sql } from 'drizzle-orm'
import { byteLength } from '#kernel/text.ts'
import { issuesOf } from '#go-compat/validation-rules.ts'
import { maxColumnBytes } from '#fields/definition/column-size.ts'
import { constraint, createField } from '#fields/definition/create-field.ts'
import { defineFieldType } from '#fields/definition/define-field-type.ts'
import { commonOptions, flag, integer, sizeFault } from '#fields/definition/options.ts'
import { storedByteLength, textValue } from '#fields/values/text-value.ts'

const defaultMaxSize = 5 * 2 ** 20

/**
 * A long string, usually HTML, limited in bytes. It is not sanitised; sanitise it before showing
 * it.
 */
export const editorField = defineFieldType({
  type: 'editor',
  options: { ...commonOptions, maxSize: integer, convertURLs: flag },
  validateOptions: ({ maxSize }) => issuesOf({ maxSize: sizeFault(maxSize) }),
  compile(definition) {
    const maxSize = Math.min(definition.maxSize || defaultMaxSize, maxColumnBytes)
    return createField<string>(definition, {
      ...textValue,
      shape: () => ({ type: 'string', contentMediaType: 'text/html' }),
      bodyBytes: definition.maxSize || defaultMaxSize,
      constraints: [
        constraint(
          {
            code: 'validation_content_size_limit',
            message: `The maximum allowed content size is ${maxSize} bytes.`,
            params: { maxSize },
          },
          (value) => byteLength(value) > maxSize,
          (value) => sql`${storedByteLength(value)} > ${maxSize}`,
        ),
      ],
    })
  },
})
