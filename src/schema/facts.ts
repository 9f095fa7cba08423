/*
 * The stored facts of a plan: the definitions of the last push, and what has changed since.
 */
import { sql } from 'drizzle-orm'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { decodeDefinition } from '#collections/decode-definition.ts'
import { definitionChanges, type SchemaChange } from '#collections/history/definition-changes.ts'
import type { CollectionBody } from '#collections/draft-definition.ts'
import { blankDefinition } from '#collections/complete-definition.ts'
import { isCollectionType } from '#collections/decode-definition.ts'
import { all, one, type Query } from '#database/query.ts'
import { schemaBaseTable, schemaChangesTable, schemaHistoryTable } from '#database/schema.ts'
import { withSecretsOf } from './draft-schema.ts'

/** A change of a collection since the last push. */
interface RecentChange {
  readonly collectionRef: string
  readonly isNew: boolean
  readonly source: string
  readonly at: string
}

/** The stored facts of the last push. */
export interface PushFacts {
  /** The pushed definitions, by their collection's id. Empty before the first push. */
  readonly base: ReadonlyMap<string, CollectionBody>
  /** Later changes, the newest first. */
  readonly recent: readonly RecentChange[]
}

/** Selects the facts. Database: 2 statements. */
export const selectFacts: Query<PushFacts> = all({
  base: one(
    sql`SELECT "collectionRef", "definition" FROM ${schemaBaseTable}`,
    (rows) =>
      new Map(
        rows.map((row) => [
          String(row['collectionRef']),
          JSON.parse(String(row['definition'])) as CollectionBody,
        ]),
      ),
  ),
  recent: one(
    sql`SELECT "c"."collectionRef", "c"."before" IS NULL AS "isNew", "h"."source", "h"."at"
      FROM ${schemaHistoryTable} AS "h" JOIN ${schemaChangesTable} AS "c" ON "c"."entry" = "h"."id"
      WHERE "h"."id" > coalesce((SELECT max("id") FROM ${schemaHistoryTable} WHERE "source" = 'push'), 0)
      ORDER BY "h"."id" DESC`,
    (rows) =>
      rows.map((row) => ({
        collectionRef: String(row['collectionRef']),
        isNew: row['isNew'] === 1,
        source: String(row['source']),
        at: String(row['at']),
      })),
  ),
})

/** A difference between the deployment and what was pushed last. */
export interface Drift {
  readonly collection: string
  /** The path of what differs, such as `rules.update`. */
  readonly what: string
  /** The origin of the last change; empty if it is not known. */
  readonly by: string
  readonly at: string
  readonly from?: unknown
  readonly to?: unknown
}

/** Compares the deployment with the last push. */
export function driftOf(facts: PushFacts, stored: readonly CollectionDefinition[]): Drift[] {
  if (facts.base.size === 0) return []
  const changed = [...facts.base].flatMap(([id, body]) => {
    const current = stored.find((definition) => definition.id === id)
    const base = baseDefinition(body, id, current)
    return definitionChanges(base, current).map((change) => driftBy(facts, id, change))
  })
  const added = stored
    .filter(({ id }) => !facts.base.has(id) && isNewSince(facts, id))
    .map(({ id, name: collection }) =>
      driftBy(facts, id, { kind: 'collection.create', collection }),
    )
  return [...changed, ...added]
}

/** True if a collection was created after the last push. */
export function isNewSince({ recent }: PushFacts, id: string): boolean {
  return recent.some(({ collectionRef, isNew }) => isNew && collectionRef === id)
}

/** A pushed definition, with the secrets that the deployment has now. */
export function baseDefinition(
  body: CollectionBody,
  id: string,
  current: CollectionDefinition | undefined,
): CollectionDefinition {
  const { type, name } = body
  const blank = blankDefinition(isCollectionType(type) ? type : 'base', String(name), id)
  const { definition } = decodeDefinition(withSecretsOf(blank, current), body)
  return definition
}

function driftBy({ recent }: PushFacts, id: string, change: SchemaChange): Drift {
  const { collection, from, to } = change
  const last = recent.find(({ collectionRef }) => collectionRef === id)
  const values = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  return {
    collection,
    what: pathOf(change),
    by: last?.source ?? '',
    at: last?.at ?? '',
    ...values,
  }
}

/** The path of what a change is about. */
function pathOf({ kind, field, option, rule, index }: SchemaChange): string {
  switch (kind) {
    case 'collection.create':
    case 'collection.drop':
      return 'collection'
    case 'collection.rename':
      return 'name'
    case 'field.change':
      return `fields.${field}.${option}`
    case 'field.add':
    case 'field.drop':
    case 'field.rename':
      return `fields.${field}`
    case 'field.order':
      return 'fields'
    case 'index.add':
    case 'index.drop':
      return `indexes.${index}`
    case 'rules':
      return `rules.${rule?.replace(/Rule$/, '')}`
    case 'options':
      return option ?? ''
    case 'secrets':
      return 'secrets'
  }
}
