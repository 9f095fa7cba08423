/*
 * The methods by which an account can prove its identity, as conditions on its row.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { AuthOptions } from '#catalog/definition.ts'
import { hasRecoveryCode, hasUsable } from '#database/second-factors.ts'
import { columnOf } from './identifiers.ts'

/** A collection of accounts. */
export interface AccountCollection {
  readonly id: string
  readonly name: string
  readonly auth: AuthOptions
}

/** A method, and the condition on the account's row for it. */
export interface AccountMethod {
  readonly method: string
  readonly isAvailable: SQL
}

/** True if the collection accepts a method as the second factor. */
export function mayBeSecond(
  { auth: { security } }: Pick<AccountCollection, 'auth'>,
  method: string,
): boolean {
  const { methods } = security.mfa
  return methods.length === 0 || methods.includes(method)
}

/** The methods by which the account of a row can prove its identity. */
export function availableMethods(collection: AccountCollection): AccountMethod[] {
  const { id, name, auth } = collection
  const recordId = columnOf(name, 'id')
  const owner = { collection, recordId }
  const linked = sql`EXISTS (SELECT 1 FROM "_externalAuths"
    WHERE "collectionRef" = ${id} AND "recordRef" = ${recordId})`
  return [
    { method: 'totp', isOn: auth.security.totp.enabled, isAvailable: hasUsable(owner) },
    { method: 'recovery', isOn: auth.security.totp.enabled, isAvailable: hasRecoveryCode(owner) },
    { method: 'password', isOn: auth.passwordAuth.enabled, isAvailable: sql`TRUE` },
    { method: 'otp', isOn: auth.otp.enabled, isAvailable: sql`${columnOf(name, 'email')} != ''` },
    { method: 'oauth2', isOn: auth.oauth2.enabled, isAvailable: linked },
  ].filter(({ isOn }) => isOn)
}

/** The names, joined by commas, of the methods that are available to the account of a row. */
export function namesOf(methods: readonly AccountMethod[]): SQL {
  const parts = methods.map(
    ({ method, isAvailable }) => sql`CASE WHEN ${isAvailable} THEN ${`${method},`} ELSE '' END`,
  )
  return sql`(${sql.join([sql`''`, ...parts], sql` || `)})`
}

/** The list that `namesOf` evaluates to. */
export function listOfNames(names: unknown): string[] {
  return String(names ?? '')
    .split(',')
    .filter((name) => name !== '')
}
