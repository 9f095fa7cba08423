import { sql } from 'drizzle-orm'
import type { PlanContext } from '#catalog/plan-context.ts'
import { map, type Query, rowsOf } from '#database/query.ts'
import { sessionOverridesTable } from '#database/schema.ts'
import type { RealtimeAccount } from '#platform/realtime.ts'

/** Maximum accounts in one statement. */
const maxAskedAccounts = 5000

/** Reads which sessions of these accounts have ended. */
export function selectEndedSessions(
  { catalog }: PlanContext,
  accounts: readonly RealtimeAccount[],
): Query<ReadonlySet<string>> {
  const byCollection = Map.groupBy(accounts, ({ collectionId }) => collectionId)
  const statements = [...byCollection].flatMap(([id, members]) => {
    const collection = catalog.collections.find(id)
    if (collection?.auth === undefined) return []
    const asked = members.map(({ sessionId, recordId, tokenKey }) => [
      sessionId,
      recordId,
      tokenKey,
    ])
    return Array.from({ length: Math.ceil(asked.length / maxAskedAccounts) }, (_, n) => {
      const some = asked.slice(n * maxAskedAccounts, (n + 1) * maxAskedAccounts)
      return sql`SELECT "s"."value" ->> 0 AS "session" FROM json_each(${JSON.stringify(some)}) AS "s"
        JOIN ${sql.identifier(collection.name)} AS "a" ON "a"."id" = "s"."value" ->> 1
        LEFT JOIN ${sessionOverridesTable} AS "o" ON "o"."id" = "s"."value" ->> 0
        WHERE "a"."tokenKey" = CASE WHEN "o"."id" IS NULL THEN "s"."value" ->> 2 ELSE "o"."tokenKey" END`
    })
  })
  return map(rowsOf(statements), (rows) => {
    const standing = new Set(rows.flat().map(({ session }) => String(session)))
    return new Set(accounts.map(({ sessionId }) => sessionId).filter((id) => !standing.has(id)))
  })
}
