import { apiPage } from './en/api-page.ts'
import { definitions } from './en/definitions.ts'
import { fieldTypes } from './en/field-types.ts'
import { rules } from './en/rules.ts'
import { schema } from './en/schema.ts'
import { schemaHistory } from './en/schema-history.ts'
import { signInOptions } from './en/sign-in-options.ts'
import { en } from './en.ts'

/** All texts, including those about definitions, which load together with the screens about them. */
export const t = {
  ...en,
  apiPage,
  definitions,
  fieldTypes,
  rules,
  schema,
  schemaHistory,
  signInOptions,
}
