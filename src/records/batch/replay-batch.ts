import { parseProjection, project } from '#http/projection.ts'
import { ExpandAllowance } from '#records/expand-allowance.ts'
import type { Replay, ReplayedRecord } from '#records/idempotency/replay.ts'
import type { BatchAnswer, BatchItem } from './batch.ts'

/** The records to show if a batch is repeated. */
export function replayedItems(items: readonly BatchItem[]): ReplayedRecord[] {
  const allowance = new ExpandAllowance()
  return items.map(({ action, collection, info }) => ({
    collection,
    info,
    isShown: action !== 'delete',
    allowance,
  }))
}

/** The responses to the requests of a repeated batch. */
export async function replayBatch(
  items: readonly BatchItem[],
  { records }: Replay,
): Promise<BatchAnswer[]> {
  return await Promise.all(
    items.map(async ({ info }, at) => {
      const record = records[at] ?? null
      const { fields = '' } = info.query
      const isProjected = fields !== '' && record !== null
      const body = isProjected ? await project(record, parseProjection(fields)) : record
      return { body, status: record === null ? 204 : 200 }
    }),
  )
}
