/*
 * The additional behaviour of accounts: a form with confirmations, values that only a manager may
 * set, and effects of a changed password, address or token key.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import { isSuperusers } from '#catalog/system-collections.ts'
import type { Field } from '#fields/definition/field-type.ts'
import { toText } from '#go-compat/casts.ts'
import { type FieldIssue, required } from '#kernel/errors.ts'
import { keepSession } from '#database/session-overrides.ts'
import type { Caller } from '#http/caller.ts'
import { columnOf } from '#records/identifiers.ts'
import type { OldPasswordProof } from './old-password.ts'
import type { SubmittedBody } from './resolve-body.ts'
import type { CheckedIssue } from './violations.ts'

const mismatch: FieldIssue = {
  code: 'validation_values_mismatch',
  message: "Values don't match.",
}
const wrongOldPassword: FieldIssue = {
  code: 'validation_invalid_old_password',
  message: 'Missing or invalid old password.',
}

/** A submitted value of an account as a string, blank if it is missing. */
function text({ data }: SubmittedBody, key: string): string {
  return toText(data[key])
}

function isSent(body: SubmittedBody, key: string): boolean {
  return text(body, key) !== ''
}

/** True if the body of an update sets the password of the account. */
export function isPasswordSent(body: SubmittedBody): boolean {
  return isSent(body, 'password') || isSent(body, 'passwordConfirm')
}

/**
 * The issues in the form of a new account. `isManager` is true if the caller manages the account.
 */
export function newAccountViolations(
  body: SubmittedBody,
  verified: boolean,
  isManager: SQL | 'always',
): CheckedIssue[] {
  const violations = passwordViolations(body, true)
  if (verified && isManager !== 'always') {
    violations.push({ field: 'verified', issue: mismatch, when: sql`(${isManager}) IS NOT TRUE` })
  }
  return violations
}

/** The input for checking the form of a changed account. */
export interface AccountForm {
  readonly collection: Collection
  readonly body: SubmittedBody
  readonly email: string | undefined
  readonly verified: boolean | undefined
  readonly isManager: SQL | 'always'
  /** The result of checking the submitted old password. */
  readonly oldPassword: OldPasswordProof | undefined
}

/** The issues in the form of a changed account. */
export function changedAccountViolations(change: AccountForm): CheckedIssue[] {
  const { collection, body, isManager } = change
  const violations = passwordViolations(body, false)
  if (isManager === 'always') return violations

  const unmanaged = sql`(${isManager}) IS NOT TRUE`
  for (const [field, value] of [
    ['email', change.email],
    ['verified', change.verified === undefined ? undefined : Number(change.verified)],
  ] as const) {
    if (value === undefined) continue
    const differs = sql`${columnOf(collection.name, field)} IS NOT ${value}`
    violations.push({ field, issue: mismatch, when: sql`${differs} AND ${unmanaged}` })
  }
  if (isPasswordSent(body)) {
    const { oldPassword } = change
    const issue = isSent(body, 'oldPassword') ? wrongOldPassword : required
    const isWrong = oldPassword?.matches
      ? sql`${columnOf(collection.name, 'password')} IS NOT ${oldPassword.hash}`
      : sql`TRUE`
    violations.push({ field: 'oldPassword', issue, when: sql`${isWrong} AND ${unmanaged}` })
  }
  return violations
}

function passwordViolations(body: SubmittedBody, isNew: boolean): CheckedIssue[] {
  const password = text(body, 'password')
  const confirm = text(body, 'passwordConfirm')
  const violations: CheckedIssue[] = []
  const isChanging = isNew || isSent(body, 'passwordConfirm') || isSent(body, 'oldPassword')
  if (isChanging && password === '') {
    violations.push({ field: 'password', issue: required, when: 'always' })
  }
  if (isNew || isSent(body, 'password') || isSent(body, 'oldPassword')) {
    if (confirm === '')
      violations.push({ field: 'passwordConfirm', issue: required, when: 'always' })
    else if (confirm !== password) {
      violations.push({ field: 'passwordConfirm', issue: mismatch, when: 'always' })
    }
  } else if (confirm !== '' && confirm !== password) {
    violations.push({ field: 'passwordConfirm', issue: mismatch, when: 'always' })
  }
  return violations
}

const invalidAuthId: FieldIssue = {
  code: 'validation_invalid_auth_id',
  message: 'Invalid or duplicated auth record id.',
}

/** An account's id must be unique among the accounts of all collections. */
export function foreignIdViolation(
  collection: Collection,
  all: readonly Collection[],
  id: string,
): CheckedIssue[] {
  return all
    .filter((other) => other.auth !== undefined && other.id !== collection.id)
    .map(({ name }) => ({
      field: 'id',
      issue: invalidAuthId,
      when: sql`EXISTS (SELECT 1 FROM ${sql.identifier(name)} WHERE "id" = ${id})`,
    }))
}

/** The possible effects of a change of an account. */
export interface AuthRecordEffects {
  readonly collection: Collection
  readonly id: string
  /** The token key the account gets if it needs a new one. */
  readonly tokenKey: string
  /** True if the token key itself was submitted. */
  readonly setsTokenKey: boolean
  readonly changesPassword: boolean
  /** The submitted address, if there is one. */
  readonly email: string | undefined
  readonly verified: boolean | undefined
  readonly caller: Caller | undefined
}

/** The new value of the token key, which changes with the password or the address. */
export function nextTokenKey(change: AuthRecordEffects): SQL {
  const stored = columnOf(change.collection.name, 'tokenKey')
  if (change.changesPassword) return sql`${change.tokenKey}`
  if (change.email === undefined) return stored
  const email = columnOf(change.collection.name, 'email')
  return sql`CASE WHEN ${email} IS NOT ${change.email} THEN ${change.tokenKey} ELSE ${stored} END`
}

/**
 * Statements before the account's row changes: verifying an address removes the links created
 * before.
 */
export function beforeAccountChange(change: AuthRecordEffects): SQL[] {
  if (change.verified !== true) return []
  const { collection, id, tokenKey } = change
  const table = sql.identifier(collection.name)
  const links = sql`FROM "_externalAuths" WHERE "collectionRef" = ${collection.id} AND "recordRef" = ${id}`
  return [
    sql`UPDATE ${table} SET "tokenKey" = ${tokenKey} WHERE "id" = ${id} AND "verified" = 0 AND EXISTS (SELECT 1 ${links})`,
    sql`DELETE ${links} AND EXISTS (SELECT 1 FROM ${table} WHERE "id" = ${id} AND "verified" = 0)`,
  ]
}

/**
 * Statements after the account's row changed. A new token key ends all sessions except the one that
 * changed it, and codes, challenges and auth origins become invalid.
 */
export function afterAccountChange(change: AuthRecordEffects): SQL[] {
  const { collection, id, tokenKey, caller } = change
  const mayChangeKey =
    change.setsTokenKey ||
    change.changesPassword ||
    change.email !== undefined ||
    change.verified === true
  const owned = sql`"collectionRef" = ${collection.id} AND "recordRef" = ${id}`
  const isNewKey = sql`EXISTS (SELECT 1 FROM ${sql.identifier(collection.name)} WHERE "id" = ${id} AND "tokenKey" = ${tokenKey})`
  const statements: SQL[] = []
  if (mayChangeKey) {
    statements.push(sql`DELETE FROM "_otps" WHERE ${owned} AND ${isNewKey}`)
    if (caller?.recordId === id && caller.collectionId === collection.id) {
      statements.push(keepSession(caller, tokenKey, isNewKey))
    }
  }
  if (change.changesPassword) {
    statements.push(
      sql`DELETE FROM "_mfas" WHERE ${owned}`,
      sql`DELETE FROM "_authOrigins" WHERE ${owned}`,
    )
  }
  return statements
}

/** A field with a fixed value: every superuser is verified. */
export function isAlwaysVerified(collection: Collection, { name }: Field): boolean {
  return isSuperusers(collection) && name === 'verified'
}
