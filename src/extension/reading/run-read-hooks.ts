import type { HookedRead, ReadOutcome } from '#records/read/read-hooks.ts'
import type { DeploymentServices } from '#request-services.ts'
import { deploymentActor } from '#extension/actor.ts'
import { boundCondition } from '#extension/filter-text.ts'
import type { NamedHook } from '#extension/hook-registry.ts'
import { recordsOf } from '#extension/records.ts'
import { callerAccount } from '#extension/request-caller.ts'
import { runInOrder } from '#extension/run-in-order.ts'
import type { BeforeListEvent, BeforeViewEvent } from './read-events.ts'

/**
 * Runs the hooks before a list or a view. Database: none, except for what hooks ask for.
 */
export async function runReadHooks(
  hooks: readonly NamedHook<(e: BeforeListEvent & BeforeViewEvent) => void | Promise<void>>[],
  services: () => DeploymentServices,
  { context, collection, info, id = '', parameters }: HookedRead,
): Promise<ReadOutcome> {
  const required: string[] = []
  const { page = 1, perPage: asked = 1, filter = '', sort = '' } = parameters ?? {}
  const event: BeforeListEvent & BeforeViewEvent = {
    collection: collection.name,
    caller: callerAccount(context),
    query: info.query,
    now: context.now,
    id,
    page,
    perPage: asked,
    filter,
    sort,
    require: (condition, params) =>
      void required.push(boundCondition({ filter: condition, params })),
    read: (name) => recordsOf(deploymentActor(services()), name),
  }
  const refusal = await runInOrder(hooks, event)
  const perPage = Math.max(Math.min(Math.trunc(event.perPage) || 1, asked), 1)
  return { required, perPage, refusal }
}
