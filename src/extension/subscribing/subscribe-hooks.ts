import type { HookedSubscription } from '#realtime/subscribe-hooks.ts'
import type { DeploymentServices } from '#request-services.ts'
import { deploymentActor } from '#extension/actor.ts'
import type { CallerAccount } from '#extension/arete.ts'
import type { NamedHook } from '#extension/hook-registry.ts'
import { type Records, recordsOf } from '#extension/records.ts'
import { callerAccount } from '#extension/request-caller.ts'
import { runInOrder } from '#extension/run-in-order.ts'

/** A client that subscribes to topics of one collection. */
export interface BeforeSubscribeEvent {
  /** The name of the collection; undefined for topics of none. */
  readonly collection: string | undefined
  /** The topics as the client wrote them, such as `posts/*`, maybe with options behind a `?`. */
  readonly topics: readonly string[]
  /** The account that subscribes; undefined for a guest. */
  readonly caller: CallerAccount | undefined
  readonly now: Date
  /** Leaves a topic out. */
  drop(topic: string): void
  /** Reads records as the deployment. */
  read(collection: string): Pick<Records, 'list' | 'first' | 'get' | 'count'>
}

/**
 * Runs the hooks before a subscription, and returns the topics that are left. Database: none, except for
 * what hooks ask for.
 *
 * @throws {ApiError} The refusal of a hook
 */
export async function runBeforeSubscribe(
  hooks: readonly NamedHook<(e: BeforeSubscribeEvent) => void | Promise<void>>[],
  services: () => DeploymentServices,
  { context, collection, topics }: HookedSubscription,
): Promise<readonly string[]> {
  const left = new Set(topics)
  const refusal = await runInOrder(hooks, {
    collection: collection?.name,
    get topics() {
      return [...left]
    },
    caller: callerAccount(context),
    now: context.now,
    drop: (topic) => void left.delete(topic),
    read: (name) => recordsOf(deploymentActor(services()), name),
  })
  if (refusal !== undefined) throw refusal
  return [...left]
}
