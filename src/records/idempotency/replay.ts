import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Row } from '#database/batch.ts'
import { type IdempotencyEntry, selectKey, targetId } from '#database/idempotency.ts'
import { constant, list, map, one, type Plan, type Query } from '#database/query.ts'
import type { RequestInfo } from '#filter/schema.ts'
import type { ExpandAllowance } from '#records/expand-allowance.ts'
import { selectVisible } from '#records/read/visible-record.ts'
import type { RecordJson } from '#records/read/record-shape.ts'
import { keyReused } from './idempotency-key.ts'

/** A record of the answer that is repeated. */
export interface ReplayedRecord {
  /** The collection in the address, by id or name. */
  readonly collection: string
  readonly info: RequestInfo
  /** False for a deletion, whose answer has no record. */
  readonly isShown: boolean
  readonly allowance?: ExpandAllowance
}

/** The answer to a repetition. */
export interface Replay {
  readonly status: number
  /** The records in the order of the request; null for deletions. */
  readonly records: readonly (RecordJson | null)[]
}

/**
 * Plans the answer to a repetition; undefined if the key is not known any more. Each record is shown
 * as a view would show it, or by its ids alone if it is gone or out of sight.
 *
 * Database: 1 batch.
 *
 * @throws {ApiError} `idempotency_key_reused`
 */
export function planReplay(
  context: PlanContext,
  entry: IdempotencyEntry,
  records: readonly ReplayedRecord[],
): Plan<Replay | undefined> {
  const shown = list(records.map((record, at) => selectShown(context, entry, record, at)))
  const parts: Query<unknown> = list<unknown>([one(selectKey(entry), ([row]) => row), shown])
  return map(parts, (values) => {
    const [row, found] = values as [Row | undefined, (RecordJson | undefined)[]]
    if (row === undefined) return undefined
    if (row['fingerprint'] !== entry.fingerprint) throw keyReused()
    const { status, targets } = storedKey().parse(row)
    return {
      status,
      records: records.map((record, at) =>
        record.isShown ? (found[at] ?? stub(context, record, targets[at] ?? ['', ''])) : null,
      ),
    }
  })
}

const storedKey = lazy(() =>
  z.object({
    status: z.number(),
    targets: z
      .string()
      .transform((text) => z.array(z.tuple([z.string(), z.string()])).parse(JSON.parse(text))),
  }),
)

function selectShown(
  context: PlanContext,
  entry: IdempotencyEntry,
  { collection: address, info, isShown, allowance }: ReplayedRecord,
  at: number,
): Query<RecordJson | undefined> {
  const { collections } = context.catalog
  const collection = collections.find(address)
  if (collection === undefined || !isShown) return constant(undefined)

  const id = targetId(entry, at, collection.id)
  const expansion = { expand: info.query['expand'], allowance }
  return selectVisible(context, collection, id, info, expansion)
}

/** All that a caller learns of a record that it may not see, and knew from the first answer. */
function stub(
  { catalog }: PlanContext,
  { collection: address }: ReplayedRecord,
  [collectionId, id]: readonly [string, string],
): RecordJson {
  const collection: Collection | undefined = catalog.collections.find(collectionId)
  return { collectionId, collectionName: collection?.name ?? address, id }
}
