/*
 * What listeners hear of a removal. Who may hear of a record is asked while it is still there, in the
 * batch that removes it; the batch is undone when somebody listens who was not asked about, and
 * planned again.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Collection } from '#collections/collection.ts'
import { tellableColumns, tellableFields, topicsOf, watched } from '#collections/record-events.ts'
import type { Scope } from '#collections/transact.ts'
import { sumOf } from '#database/sum-of.ts'
import { noOtherListener } from '#database/realtime-interests.ts'
import { type Audience, type ListenerGroup, maxListedGroups } from '#platform/realtime.ts'
import { columnOf } from './identifiers.ts'
import { planSights, planEnded } from './sights.ts'

/** Who listens to collections that a removal touches, and what it takes to ask about them. */
export interface Heard {
  readonly scope: Scope
  readonly audience: Audience
}

/** Who listens to collections; undefined where nobody is ever told. Asks shards only where some are known to listen. */
export async function whoHears(
  scope: Scope,
  collections: readonly Collection[],
): Promise<Heard | undefined> {
  const audience = await scope.realtime?.audience(collections.flatMap(topicsOf))
  return audience && { scope, audience }
}

/** Whether there is somebody to tell what happens to which record. */
export function isAsked({ audience: { groups } }: Heard): boolean {
  return groups !== 'unknown' && groups.length > 0
}

/** Records of a collection that go. */
export interface Leaving {
  readonly collection: Collection
  /** A query for their ids, in parentheses. */
  readonly ids: SQL
}

/** Statements of a removal that ask who hears of it: the writer waits for them. */
const maxStatements = 400
/** Answers of a removal, one for each record and each who may hear of it. */
const maxSights = 20_000
/** Records that are told of one by one. */
const maxRecords = 1000
/** And bytes of them. */
const maxBytes = 5_000_000

/** The statements to run before records go and others lose their references. */
export function watchRemoval(
  { scope, audience }: Heard,
  leaving: readonly Leaving[],
  touched: readonly Collection[],
): SQL[] {
  const { shards, groups } = audience
  const guard = noOtherListener(touched.flatMap(topicsOf), shards, scope.now)
  return [
    watched(guard, { collections: touched, events: () => [] }),
    ...(groups === 'unknown' ? tellNothing(touched) : tellAll(scope, groups, leaving)),
  ]
}

/** Whoever listens to one of these collections reads anew. */
function tellNothing(touched: readonly Collection[]): SQL[] {
  return touched.map((collection) => tellUntold(collection, sql`TRUE`))
}

/** Questions that the removals of one batch ask so far, by the scope they are planned in. */
const asked = new WeakMap<Scope, number>()

function tellAll(
  scope: Scope,
  groups: readonly ListenerGroup[],
  leaving: readonly Leaving[],
): SQL[] {
  if (groups.length === 0) return []
  return leaving.flatMap((records, at) => {
    const room = maxStatements - (asked.get(scope) ?? 0)
    // Where there is none left, whoever listens reads anew.
    if (room <= 0) return tellNothing([records.collection])
    return tellLeaving(scope, groups, records, Math.ceil(room / (leaving.length - at)))
  })
}

function tellLeaving(
  scope: Scope,
  groups: readonly ListenerGroup[],
  leaving: Leaving,
  most: number,
): SQL[] {
  const { collection, ids } = leaving
  const accounts = groups.flatMap((group) => group.accounts)
  const records = Math.floor(maxSights / (groups.length + accounts.length))
  const areMany = areMoreThan(leaving, Math.min(Math.max(records, 1), maxRecords))
  const isLeaving = sql`${columnOf(collection.name, 'id')} IN ${ids} AND NOT ${areMany}`
  const from = sql`${sql.identifier(collection.name)}`
  const question = planSights(scope, { collection, from, where: isLeaving }, groups, most)
  asked.set(scope, (asked.get(scope) ?? 0) + question.statements.length)
  const endings = planEnded(scope, accounts)
  const rows = sql`SELECT ${tellableColumns(collection)} FROM ${from} WHERE ${isLeaving}`
  return [
    ...question.statements,
    ...endings.statements,
    watched(rows, {
      collections: [collection],
      events: (found, rowsOf) => {
        const sightsOf = question.read(question.statements.map(rowsOf))
        const unasked = new Set(question.unasked.map(({ key }) => key))
        const ended = endings.read(endings.statements.map(rowsOf))
        return found.map((row) => ({
          action: 'delete',
          collectionId: collection.id,
          row,
          sights: new Map([...sightsOf(String(row['id']))].filter(([key]) => !unasked.has(key))),
          ended,
          isWhole: unasked.size === 0 && groups.length < maxListedGroups,
        }))
      },
    }),
    tellUntold(collection, areMany),
  ]
}

/** Whether more records go, or larger ones, than are told of one by one. */
function areMoreThan({ collection, ids }: Leaving, count: number): SQL {
  const sizes = tellableFields(collection).map(
    ({ name }) => sql`ifnull(octet_length(${sql.identifier(name)}), 0)`,
  )
  return sql`((SELECT count(*) FROM (SELECT 1 FROM ${ids} LIMIT CAST(${count + 1} AS INTEGER))) > ${count}
    OR (SELECT total(${sumOf(sizes)}) FROM ${sql.identifier(collection.name)} WHERE "id" IN ${ids}) > ${maxBytes})`
}

/** Tells, under a condition, that what happens to records of a collection is not told one by one. */
function tellUntold(collection: Collection, condition: SQL): SQL {
  return watched(sql`SELECT 1 WHERE ${condition}`, {
    collections: [collection],
    events: (rows) => rows.map(() => ({ action: 'untold', collectionId: collection.id })),
  })
}
