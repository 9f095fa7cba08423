import type { WriteFollower } from '#catalog/plan-context.ts'
import { topicsOf } from '#catalog/record-events.ts'
import { batchFailure, isUndone } from '#database/abort.ts'
import { map } from '#database/query.ts'
import { countForShards, hasSubscribers, newListener } from '#database/realtime-subscriptions.ts'
import { newStatementRoom, planDeletionEvents } from './deletion-events.ts'
import type { Directory } from './directory.ts'

/**
 * Follows a write for realtime: counts the transaction for the shards that have a subscriber, and
 * publishes its changes to them.
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
        // The write is committed whatever happens to this; a shard that misses a number has its
        // clients resync.
        if (shards.length > 0) directory.publish(shards, readEvents())
      })
    },
    failed(error, topics) {
      const failure = batchFailure(error)
      if (failure?.kind === 'aborted' && failure.message === newListener) {
        directory.invalidate(topics)
        return true
      }
      // Access checks for subscribers must not keep anyone from writing.
      return failure === undefined && isUndone(error) && directory.skipAccessChecks()
    },
  }
}
