import { general } from './en/general.ts'
import { apiPage } from './en/api-page.ts'
import { access } from './en/access.ts'
import { definitions } from './en/definitions.ts'
import { drafts } from './en/drafts.ts'
import { errors } from './en/errors.ts'
import { fields } from './en/fields.ts'
import { fieldTypes } from './en/field-types.ts'
import { home } from './en/home.ts'
import { mail } from './en/mail.ts'
import { me } from './en/me.ts'
import { operations } from './en/operations.ts'
import { recordTexts } from './en/records.ts'
import { rules } from './en/rules.ts'
import { schema } from './en/schema.ts'
import { logs } from './en/logs.ts'
import { sessions } from './en/sessions.ts'
import { settings } from './en/settings.ts'
import { setup } from './en/setup.ts'
import { shell } from './en/shell.ts'
import { signIn } from './en/sign-in.ts'
import { signInOptions } from './en/sign-in-options.ts'

/** English: complete, and the type of all other languages. One file per area. */
export const en = {
  access,
  apiPage,
  definitions,
  drafts,
  errors,
  fields,
  fieldTypes,
  general,
  home,
  mail,
  me,
  operations,
  records: recordTexts,
  rules,
  schema,
  logs,
  sessions,
  settings,
  setup,
  shell,
  signIn,
  signInOptions,
}
