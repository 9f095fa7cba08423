import { general } from './en/general.ts'
import { access } from './en/access.ts'
import { drafts } from './en/drafts.ts'
import { errors } from './en/errors.ts'
import { fields } from './en/fields.ts'
import { home } from './en/home.ts'
import { mail } from './en/mail.ts'
import { me } from './en/me.ts'
import { operations } from './en/operations.ts'
import { recordTexts } from './en/records.ts'
import { logs } from './en/logs.ts'
import { sessions } from './en/sessions.ts'
import { settings } from './en/settings.ts'
import { setup } from './en/setup.ts'
import { shell } from './en/shell.ts'
import { signIn } from './en/sign-in.ts'

/** English: all texts but those in `definition-texts.ts`. One file per area. */
export const en = {
  access,
  drafts,
  errors,
  fields,
  general,
  home,
  mail,
  me,
  operations,
  records: recordTexts,
  logs,
  sessions,
  settings,
  setup,
  shell,
  signIn,
}
