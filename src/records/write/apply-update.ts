/*
 * Updates the row of an existing record: computes the new value of each field and the statements,
 * including the effects on an account. Access is decided before.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import { changeEvent } from '#catalog/record-events.ts'
import { recordUpdate } from '#events/record-changes.ts'
import type { ColumnValue, Field, FieldValue } from '#fields/definition/field-type.ts'
import { sweepAll } from '#database/file-sweeps.ts'
import { newTokenKey } from '#kernel/random.ts'
import {
  type AuthRecordEffects,
  afterAccountChange,
  beforeAccountChange,
  isAlwaysVerified,
  nextTokenKey,
} from './auth-record.ts'
import { columnContent, columnValue, knownValue } from './column-values.ts'
import { columnOf } from '#records/identifiers.ts'
import type { WriteBuilder, WriteContext } from './record-write.ts'

/** The update of an existing record. */
interface StoredChange {
  readonly collection: Collection
  readonly id: string
  /** The submitted values. */
  readonly submitted: ReadonlyMap<Field, FieldValue>
  /** The values of all fields, from `nextValues`. */
  readonly values: ReadonlyMap<Field, FieldValue>
}

/** The new value of every field: submitted, filled in, or the stored one. */
export function nextValues(
  collection: Collection,
  submitted: ReadonlyMap<Field, FieldValue>,
  now: Date,
): Map<Field, FieldValue> {
  return new Map(
    collection.fields.map((field) => {
      if (isAlwaysVerified(collection, field)) return [field, { known: true }]
      const value = submitted.get(field) ?? { sql: columnOf(collection.name, field.name) }
      const own = field.fill('update', value, now)
      return [field, own === undefined ? value : { known: own }]
    }),
  )
}

/**
 * Adds the statements that update the row, and the effects on an account. Hashes a new password.
 */
export async function addUpdate(
  plan: WriteBuilder,
  context: WriteContext,
  change: StoredChange,
): Promise<void> {
  const { collection, id, submitted, values } = change
  const changed = [...values].filter(
    ([field, value]) => field.name !== 'id' && ('known' in value || submitted.has(field)),
  )
  const account = collection.auth && consequences(context, change)
  const tokenKey = account === undefined || account.setsTokenKey ? undefined : nextTokenKey(account)
  const recorded = recordUpdate(context, collection, id)
  if (recorded !== undefined) plan.addQuery(recorded.before)
  if (account !== undefined) plan.add(...beforeAccountChange(account))
  plan.addSweeps(...submittedFiles(change).map((prefixes) => sweepAll(prefixes, context.now)))
  plan.add(...(await updateOf(context, collection, id, changed, tokenKey)))
  if (account !== undefined) plan.add(...afterAccountChange(account))
  plan.addQuery(changeEvent('update', collection, id, context))
  if (recorded !== undefined) plan.addQuery(recorded.after)
}

/** The statement is the same for all updates of the same fields, unless a value depends on the row. */
async function updateOf(
  { catalog, passwords }: WriteContext,
  collection: Collection,
  id: string,
  changed: readonly (readonly [Field, FieldValue])[],
  tokenKey: SQL | undefined,
): Promise<readonly SQL[]> {
  const assign = (assignments: readonly SQL[], ofRecord: SQL): SQL =>
    sql`UPDATE ${sql.identifier(collection.name)} SET ${sql.join([...assignments], sql`, `)} WHERE "id" = ${ofRecord}`
  const to = (name: string, value: SQL): SQL => sql`${sql.identifier(name)} = ${value}`

  const known = changed.flatMap(([field, value]) =>
    'known' in value ? [[field, value] as const] : [],
  )
  if (known.length < changed.length || tokenKey !== undefined) {
    const assignments: SQL[] = []
    for (const [field, value] of changed) {
      assignments.push(to(field.name, await columnValue(passwords, field, value)))
    }
    if (tokenKey !== undefined) assignments.push(to('tokenKey', tokenKey))
    return [assign(assignments, sql`${id}`)]
  }
  if (known.length === 0) return []
  const contents: ColumnValue[] = []
  for (const [field, value] of known) {
    contents.push(await columnContent(passwords, field, value.known))
  }
  const names = known.map(([{ name }]) => name)
  return catalog.collections.plans.statements(
    ['update', collection.id, ...names],
    { contents, id },
    (input) => {
      const assignments = names.map((name, at) =>
        to(name, input.open((values) => values.contents[at]).sql),
      )
      return [assign(assignments, input.open((values) => values.id).sql)]
    },
  )
}

/** For each submitted file field, a query for the keys of the files it loses. */
function submittedFiles({ collection, id, submitted }: StoredChange): SQL[] {
  return [...submitted].flatMap(([field, value]) => {
    if (!field.isFile) return []
    const ofRecord = (list: SQL): SQL =>
      field.storedFiles(
        sql`(SELECT ${list} FROM ${sql.identifier(collection.name)} WHERE "id" = ${id})`,
      )
    const before = ofRecord(columnOf(collection.name, field.name))
    const after =
      'known' in value
        ? field.storedFiles(sql`${field.toColumn(value.known)}`)
        : ofRecord(value.sql)
    return [
      sql`SELECT ${`${collection.id}/${id}/`} || value AS "prefix" FROM (${before}) WHERE value NOT IN (SELECT value FROM (${after}))`,
    ]
  })
}

function consequences(
  { caller }: WriteContext,
  { collection, id, submitted }: StoredChange,
): AuthRecordEffects {
  const password = submittedText(collection, submitted, 'password')
  const tokenKey = submittedText(collection, submitted, 'tokenKey')
  return {
    collection,
    id,
    caller,
    tokenKey: tokenKey ?? newTokenKey(),
    setsTokenKey: tokenKey !== undefined,
    changesPassword: password !== undefined && password !== '',
    email: submittedText(collection, submitted, 'email'),
    verified: submittedFlag(collection, submitted, 'verified'),
  }
}

/** A submitted string, if its value is known before the batch runs. */
export function submittedText(
  collection: Collection,
  submitted: ReadonlyMap<Field, FieldValue>,
  name: string,
): string | undefined {
  const value = knownValue(collection, submitted, name)
  return typeof value === 'string' ? value : undefined
}

/** A submitted boolean, if its value is known before the batch runs. */
export function submittedFlag(
  collection: Collection,
  submitted: ReadonlyMap<Field, FieldValue>,
  name: string,
): boolean | undefined {
  const value = knownValue(collection, submitted, name)
  return typeof value === 'boolean' ? value : undefined
}
