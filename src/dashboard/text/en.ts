import { general } from './en/general.ts'
import { errors } from './en/errors.ts'
import { fields } from './en/fields.ts'
import { home } from './en/home.ts'
import { records } from './en/records.ts'
import { shell } from './en/shell.ts'
import { signIn } from './en/sign-in.ts'

/** English: complete, and the type of all other languages. One file per area. */
export const en = { errors, fields, general, home, records, shell, signIn }
