/*
 * What listeners hear of a removal. Who may hear of a record is asked while it is still there, in the
 * batch that removes it; the batch is undone when somebody listens who was not asked about, and
 * planned again.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Collection } from '#collections/collection.ts'
import { tellableColumns, topicsOf, watched } from '#collections/record-events.ts'
import type { Scope } from '#collections/transact.ts'
import { noOtherListener } from '#database/realtime-interests.ts'
import type { Audience } from '#platform/realtime.ts'
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

/** Records of a collection that go. */
export interface Leaving {
  readonly collection: Collection
  /** A query for their ids, in parentheses. */
  readonly ids: SQL
}

/** The statements to run before records go and others lose their references. */
export function watchRemoval(
  { scope, audience }: Heard,
  leaving: readonly Leaving[],
  touched: readonly Collection[],
): SQL[] {
  const topics = touched.flatMap(topicsOf)
  const guard = noOtherListener(topics, audience.shards, scope.now)
  return [
    watched(guard, { collections: touched, events: () => [] }),
    ...(audience.groups.length === 0
      ? []
      : leaving.flatMap((records) => tellLeaving(scope, audience, records))),
  ]
}

function tellLeaving(scope: Scope, { groups }: Audience, { collection, ids }: Leaving): SQL[] {
  const isLeaving = sql`${columnOf(collection.name, 'id')} IN ${ids}`
  const from = sql`${sql.identifier(collection.name)}`
  const question = planSights(scope, { collection, from, where: isLeaving }, groups)
  const endings = planEnded(
    scope,
    groups.flatMap(({ accounts }) => accounts),
  )
  const rows = sql`SELECT ${tellableColumns(collection)} FROM ${from} WHERE ${isLeaving}`
  return [
    ...question.statements,
    ...endings.statements,
    watched(rows, {
      collections: [collection],
      events: (found, rowsOf) => {
        const sightsOf = question.read(question.statements.map(rowsOf))
        const ended = endings.read(endings.statements.map(rowsOf))
        return found.map((row) => ({
          action: 'delete',
          collectionId: collection.id,
          row,
          sights: sightsOf(String(row['id'])),
          ended,
        }))
      },
    }),
  ]
}
