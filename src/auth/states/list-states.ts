import * as z from 'zod'
import { sql } from 'drizzle-orm'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Transactor } from '#catalog/transact.ts'
import { one, type Plan } from '#database/query.ts'
import { accountStatesTable } from '#database/schema.ts'
import { assertSuperuser } from '#http/guards.ts'
import { formatDate } from '#kernel/dates.ts'
import { lazy } from '#kernel/lazy.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import { requireAuth, requireCollection } from '#auth/guards.ts'

/** An account that is disabled. */
interface AccountState {
  /** The id of the account. */
  readonly record: string
  readonly state: 'disabled'
  readonly reason: string
  /** Empty if it has no end. */
  readonly until: string
  /** The account that disabled it. */
  readonly by: { readonly collection: string; readonly id: string }
  readonly at: string
}

const actor = lazy(() => z.object({ collection: z.string(), id: z.string() }))

/** Maximum accounts in an answer. */
const maxItems = 500

/**
 * Lists the disabled accounts of a collection, or one of them, newest first; at most 500.
 *
 * Database: 1 batch. KV: 1 read.
 *
 * @throws {ApiError} `collectionMissing`, `authCollectionMissing`, `recordTokenRequired`,
 *   `recordNotAllowed`
 */
export async function listStates(
  { transactor, rateLimiter }: { transactor: Transactor; rateLimiter: RateLimiter },
  request: { readonly collection: string; readonly recordId: string | undefined },
): Promise<{ items: AccountState[] }> {
  return await transactor.read((context) => {
    rateLimiter.count(context)
    return planList(context, request)
  })
}

function planList(
  context: PlanContext,
  { collection: idOrName, recordId }: { collection: string; recordId: string | undefined },
): Plan<{ items: AccountState[] }> {
  assertSuperuser(context.caller)
  const { id } = requireAuth(requireCollection(context, idOrName))
  const ofRecord = recordId === undefined ? sql`` : sql`AND "recordRef" = ${recordId}`
  const statement = sql`SELECT "recordRef", "reason", "until", "actor", "at" FROM ${accountStatesTable}
    WHERE "collectionRef" = ${id} ${ofRecord} AND ("until" = '' OR "until" > ${formatDate(context.now)})
    ORDER BY "at" DESC, "recordRef" LIMIT ${maxItems}`
  return one(statement, (rows) => ({
    items: rows.map((row) => ({
      record: String(row['recordRef']),
      state: 'disabled',
      reason: String(row['reason']),
      until: String(row['until']),
      by: actor().parse(JSON.parse(String(row['actor']))),
      at: String(row['at']),
    })),
  }))
}
