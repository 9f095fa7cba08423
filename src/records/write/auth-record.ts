/*
 * What accounts, the records of auth collections, have beyond other records: a form with
 * confirmations, values only a manager may set, and consequences of a changed password, address or
 * token key.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import { isSuperusers } from '#catalog/system-collections.ts'
import type { Field } from '#fields/field-type.ts'
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

/** A submitted value of an account as text, blank when it is missing or has none. */
function text({ data }: SubmittedBody, key: string): string {
  return toText(data[key])
}

function isSent(body: SubmittedBody, key: string): boolean {
  return text(body, key) !== ''
}

/** What the form of a new account refuses. `isManager` is true when the caller isManager the account. */
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

/** What is known of a change of an account when its form is checked. */
export interface AccountForm {
  readonly collection: Collection
  readonly body: SubmittedBody
  readonly email: string | undefined
  readonly verified: boolean | undefined
  readonly isManager: SQL | 'always'
  /** Whether the submitted old password is right, and the hash it was compared with. */
  readonly oldPassword: OldPasswordProof | undefined
}

/** What the form of a changed account refuses. */
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
  if (isSent(body, 'password') || isSent(body, 'passwordConfirm')) {
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

/** An account's id is its own among the accounts of all collections. */
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

/** What a change of an account may bring with it. */
export interface AuthRecordEffects {
  readonly collection: Collection
  readonly id: string
  /** The token key the account gets if it gets a new one. */
  readonly tokenKey: string
  /** The token key itself was submitted. */
  readonly setsTokenKey: boolean
  readonly changesPassword: boolean
  /** The address it is set to, if one was submitted. */
  readonly email: string | undefined
  readonly verified: boolean | undefined
  readonly caller: Caller | undefined
}

/** The new value of the token key: another one when password or address change. */
export function nextTokenKey(change: AuthRecordEffects): SQL {
  const stored = columnOf(change.collection.name, 'tokenKey')
  if (change.changesPassword) return sql`${change.tokenKey}`
  if (change.email === undefined) return stored
  const email = columnOf(change.collection.name, 'email')
  return sql`CASE WHEN ${email} IS NOT ${change.email} THEN ${change.tokenKey} ELSE ${stored} END`
}

/**
 * What has to happen before the account's row changes: proof of an address drops the links made
 * without it.
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
 * What follows a change of the account's row. A new token key ends all sessions but the one that
 * changed it; codes, second factors and known places do not outlive what they belonged to.
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

/** A field whose value is fixed: every superuser counts as verified. */
export function isAlwaysVerified(collection: Collection, { name }: Field): boolean {
  return isSuperusers(collection) && name === 'verified'
}
