import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { readTopic } from './topics.ts'

declare module '#catalog/plan-context.ts' {
  interface PlanHooks {
    /**
     * The hooks before subscriptions to a collection, or to topics of none; undefined if there are none.
     */
    beforeSubscribe(
      collection: Collection | undefined,
    ): ((asked: HookedSubscription) => Promise<readonly string[]>) | undefined
  }
}

/** Subscriptions to topics of one collection, as hooks see them. */
export interface HookedSubscription {
  /** Its caller is confirmed. */
  readonly context: PlanContext
  readonly collection: Collection | undefined
  readonly topics: readonly string[]
}

/**
 * The topics that the hooks of an application leave of a subscription, in their order.
 *
 * @throws {ApiError} The refusal of a hook
 */
export async function keptTopics(
  context: PlanContext,
  topics: readonly string[],
): Promise<readonly string[]> {
  const { hooks, catalog } = context
  if (hooks === undefined) return topics
  const byCollection = Map.groupBy(topics, (text) =>
    catalog.collections.find(readTopic(text).collection),
  )
  const kept = new Set(topics)
  for (const [collection, asked] of byCollection) {
    const run = hooks.beforeSubscribe(collection)
    if (run === undefined) continue
    const left = new Set(await run({ context, collection, topics: asked }))
    for (const topic of asked) {
      if (!left.has(topic)) kept.delete(topic)
    }
  }
  return topics.filter((topic) => kept.has(topic))
}
