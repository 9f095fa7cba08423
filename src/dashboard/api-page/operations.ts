import { t } from '#dashboard/text/definition-texts.ts'
import { type Definition, ruleOf } from '#dashboard/schema/definition.ts'
import type { RuleName } from '#filter/syntax/rule-names.ts'

/** Something that the API does for a collection. */
export interface Operation {
  readonly key: OperationKey
  readonly label: string
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  /** The rule that says who may do it; undefined where none applies. */
  readonly rule: string | null | undefined
  /** The response's status if it worked. */
  readonly status: number
  readonly parameters: readonly ParameterName[]
}

/** The name of an operation, as it is in the address. */
export type OperationKey = keyof typeof t.apiPage.operations
/** A parameter of an address. */
export type ParameterName = keyof typeof t.apiPage.parameters

/** The operations of a collection, those for accounts at the end. */
export function operationsOf(collection: Definition): readonly Operation[] {
  const path = `/api/collections/${collection.name}`
  const records = `${path}/records`
  const rule = (name: RuleName): string | null => ruleOf(collection, name)
  const one: readonly ParameterName[] = ['expand', 'fields']
  const reading: readonly Operation[] = [
    operation('list', 'GET', records, rule('listRule'), 200, [
      'page',
      'perPage',
      'sort',
      'filter',
      ...one,
      'skipTotal',
    ]),
    operation('view', 'GET', `${records}/RECORD_ID`, rule('viewRule'), 200, one),
  ]
  if (collection.type === 'view') return reading
  return [
    ...reading,
    operation('create', 'POST', records, rule('createRule'), 200, one),
    operation('update', 'PATCH', `${records}/RECORD_ID`, rule('updateRule'), 200, one),
    operation('delete', 'DELETE', `${records}/RECORD_ID`, rule('deleteRule'), 204, []),
    operation('realtime', 'GET', '/api/realtime', rule('listRule'), 200, []),
    operation('batch', 'POST', '/api/batch', undefined, 200, []),
    ...(collection.type === 'auth' ? accountOperations(collection, path) : []),
  ]
}

function accountOperations(collection: Definition, path: string): readonly Operation[] {
  const auth = ruleOf(collection, 'authRule')
  const signIn = (key: OperationKey, action: string): Operation =>
    operation(key, 'POST', `${path}/${action}`, auth, 200, [])
  const mail = (key: OperationKey, action: string): Operation =>
    operation(key, 'POST', `${path}/${action}`, undefined, 204, [])
  return [
    ...(isOn(collection, 'passwordAuth') ? [signIn('password', 'auth-with-password')] : []),
    ...(isOn(collection, 'oauth2') ? [signIn('oauth2', 'auth-with-oauth2')] : []),
    ...(isOn(collection, 'otp') ? [signIn('otp', 'auth-with-otp')] : []),
    signIn('refresh', 'auth-refresh'),
    mail('verification', 'request-verification'),
    mail('passwordReset', 'request-password-reset'),
    mail('emailChange', 'request-email-change'),
  ]
}

function operation(
  key: OperationKey,
  method: Operation['method'],
  path: string,
  rule: Operation['rule'],
  status: number,
  parameters: readonly ParameterName[],
): Operation {
  return { key, label: t.apiPage.operations[key], method, path, rule, status, parameters }
}

function isOn(collection: Definition, option: string): boolean {
  return (collection[option] as { readonly enabled?: unknown } | undefined)?.enabled === true
}
