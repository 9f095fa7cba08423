import { sql } from 'drizzle-orm'
import { parseBool, toBool } from '#go-compat/casts.ts'
import { createField } from '#fields/definition/create-field.ts'
import { defineFieldType } from '#fields/definition/define-field-type.ts'
import { commonOptions } from '#fields/definition/options.ts'

/** True or false. Required means that it must be true. */
export const boolField = defineFieldType({
  type: 'bool',
  options: commonOptions,
  compile: (definition) =>
    createField(definition, {
      column: { type: 'BOOLEAN', default: 'FALSE' },
      zero: false,
      shape: (use) => ({
        type: 'boolean',
        ...(use === 'read' || !definition.required ? {} : { enum: [true] }),
      }),
      normalise: toBool,
      isBlank: (value) => !value,
      isStoredBlank: (value) => sql`${value} = 0`,
      toColumn: Number,
      // A view may cast any number to a bool. Only 1 is true, which is also what a filter compares
      // with.
      fromColumn: (stored) =>
        typeof stored === 'number' ? stored === 1 : (parseBool(String(stored)) ?? false),
    }),
})
