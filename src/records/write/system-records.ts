import { sql } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import { accountCollections } from '#catalog/system-collections.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Field, FieldValue } from '#fields/definition/field-type.ts'
import type { FieldIssue } from '#kernel/errors.ts'
import { knownValue } from './column-values.ts'
import type { CheckedIssue } from './violations.ts'

const missingCollection: FieldIssue = {
  code: 'validation_invalid_collection_id',
  message: 'Missing or invalid collection.',
}
const noAuthCollection: FieldIssue = {
  code: 'validation_invalid_collection_type',
  message: 'Must be an auth collection.',
}
const missingRecord: FieldIssue = {
  code: 'validation_invalid_record',
  message: 'Missing or invalid record.',
}

/** The issues of the account that a record of `_mfas`, `_otps`, ... names as its owner. */
export function ownershipViolations(
  { catalog }: PlanContext,
  collection: Collection,
  values: ReadonlyMap<Field, FieldValue>,
): CheckedIssue[] {
  if (!accountCollections.includes(collection.name)) return []
  const collectionRef = knownValue(collection, values, 'collectionRef')
  const recordRef = knownValue(collection, values, 'recordRef')
  if (typeof collectionRef !== 'string' || collectionRef === '') return []

  const owner = catalog.collections.all.find(({ id }) => id === collectionRef)
  if (owner === undefined) {
    return [{ field: 'collectionRef', issue: missingCollection, when: 'always' }]
  }
  if (owner.auth === undefined) {
    return [{ field: 'collectionRef', issue: noAuthCollection, when: 'always' }]
  }
  if (typeof recordRef !== 'string' || recordRef === '') return []
  const exists = sql`EXISTS (SELECT 1 FROM ${sql.identifier(owner.name)} WHERE "id" = ${recordRef})`
  return [{ field: 'recordRef', issue: missingRecord, when: sql`NOT ${exists}` }]
}
