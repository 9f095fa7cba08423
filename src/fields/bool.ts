import { sql } from 'drizzle-orm'
import { toBool } from '#kernel/casts.ts'
import { createField } from './create-field.ts'
import { defineFieldType } from './define-field-type.ts'
import { commonOptions } from './options.ts'

/** True or false; required means true. */
export const boolField = defineFieldType({
  type: 'bool',
  options: commonOptions,
  compile: (definition) =>
    createField(definition, {
      ddl: 'BOOLEAN DEFAULT FALSE NOT NULL',
      zero: false,
      normalise: toBool,
      isBlank: (value) => !value,
      isStoredBlank: (value) => sql`${value} = 0`,
      toColumn: Number,
    }),
})
