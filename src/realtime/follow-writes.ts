import type { WriteFollower } from '#catalog/plan-context.ts'
import { topicsOf } from '#catalog/record-events.ts'
import { batchFailure, isUndone } from '#database/abort.ts'
import { map } from '#database/query.ts'
import { countForShards, hasSubscribers, newListener } from '#database/realtime-subscriptions.ts'
import { newStatementRoom, planDeletionEvents } from './deletion-events.ts'
import type { Directory } from './directory.ts'

/**
 * Follows a write: counts the transaction for the shards with subscribers, and publishes its
 * changes to them.
 */
export function followWrites(directory: Directory): WriteFollower {
  const room = newStatementRoom()
  return {
    wants: hasSubscribers,
    async followDeletion(context, collections) {
      const subscribers = await directory.audience(collections.flatMap(topicsOf))
      return {
        events: (deletion) => planDeletionEvents(context, subscribers, deletion, room),
      }
    },
    closing(topics, now) {
      return map(countForShards(topics, now), (shards) => (readEvents) => {
        // The write is committed in any case. A shard that misses a number makes its clients
        // resync.
        if (shards.length > 0) directory.publish(shards, readEvents())
      })
    },
    failed(error, topics) {
      const failure = batchFailure(error)
      if (failure?.kind === 'aborted' && failure.message === newListener) {
        directory.invalidate(topics)
        return true
      }
      // Access checks for subscribers must not stop a write.
      return failure === undefined && isUndone(error) && directory.skipAccessChecks()
    },
  }
}
