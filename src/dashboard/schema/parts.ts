import { t } from '#dashboard/text/definition-texts.ts'

/** A part of a definition, which has a tab and an address of its own. */
export interface Part {
  readonly key: string
  readonly label: string
  /** True for the keys of a definition whose errors belong to this part. */
  readonly owns: (key: string) => boolean
}

const { tabs } = t.schema

function part(key: string, label: string, keys: readonly string[]): Part {
  return { key, label, owns: (name) => keys.includes(name) }
}

const fields = part('fields', tabs.fields, ['fields'])
const query = part('query', tabs.query, ['viewQuery'])
const indexes = part('indexes', tabs.indexes, ['indexes'])
const options = part('options', tabs.options, ['name', 'type'])
const api = part('api', tabs.api, [])
const rules: Part = { key: 'rules', label: tabs.rules, owns: (name) => name.endsWith('Rule') }

const signIn = part('sign-in', tabs.signIn, [
  'passwordAuth',
  'oauth2',
  'otp',
  'mfa',
  'authAlert',
  'authToken',
  'verificationToken',
  'passwordResetToken',
  'emailChangeToken',
  'fileToken',
  'verificationTemplate',
  'resetPasswordTemplate',
  'confirmEmailChangeTemplate',
])

/** The parts that collections of a type have. */
export function partsOf(type: string): readonly Part[] {
  if (type === 'view') return [query, rules, options, api]
  return type === 'auth'
    ? [fields, rules, signIn, indexes, options, api]
    : [fields, rules, indexes, options, api]
}
