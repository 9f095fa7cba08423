/*
 * The hooks of an application before a list or a view. They narrow it by further conditions, which
 * become a part of its statements, or refuse it. A refusal is judged behind the rule: a caller
 * without access gets the answer that the rule gives.
 */
import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { map, type Plan } from '#database/query.ts'
import type { RequestInfo } from '#filter/schema.ts'
import type { ApiError } from '#kernel/errors.ts'
import { type ListParameters, planList, type RecordPage } from './list-records.ts'
import type { RecordJson } from './record-shape.ts'
import { planView } from './view-record.ts'

declare module '#catalog/plan-context.ts' {
  interface PlanHooks {
    /** The hooks before such reads; undefined if there are none. */
    beforeRead(
      collection: Collection,
      action: 'list' | 'view',
    ): ((read: HookedRead) => Promise<ReadOutcome>) | undefined
  }
}

/** A read as its hooks see it. */
export interface HookedRead {
  readonly context: PlanContext
  readonly collection: Collection
  readonly info: RequestInfo
  /** Of a view. */
  readonly id?: string
  /** Of a list. */
  readonly parameters?: ListParameters
}

/** The outcome of the hooks of a read. */
export interface ReadOutcome {
  /** Conditions in the language of rules. */
  readonly required: readonly string[]
  /** Records of a page; undefined for as many as were asked for. */
  readonly perPage: number | undefined
  readonly refusal: ApiError | undefined
}

/** Plans a list as {@link planList}, with the hooks of the application. */
export function planHookedList(
  context: PlanContext,
  collection: Collection,
  info: RequestInfo,
  parameters: ListParameters,
): Plan<RecordPage> | Promise<Plan<RecordPage>> {
  const run = hooksOf(context, collection, 'list')
  if (run === undefined) return planList(context, collection, info, parameters)
  return run({ context, collection, info, parameters }).then((outcome) => {
    const { required, perPage = parameters.perPage } = outcome
    const narrowed = { ...parameters, required, perPage }
    return behindRule(planList(context, collection, info, narrowed), outcome)
  })
}

/** Plans a view as {@link planView}, with the hooks of the application. */
export function planHookedView(
  context: PlanContext,
  collection: Collection,
  info: RequestInfo,
  id: string,
): Plan<RecordJson> | Promise<Plan<RecordJson>> {
  const run = hooksOf(context, collection, 'view')
  if (run === undefined) return planView(context, collection, info, id)
  return run({ context, collection, info, id }).then((outcome) =>
    behindRule(planView(context, collection, info, id, outcome.required), outcome),
  )
}

/** The deployment itself reads everything, which is also how a hook can read its own collection. */
function hooksOf(
  { hooks, identity }: PlanContext,
  collection: Collection,
  action: 'list' | 'view',
): ReturnType<NonNullable<PlanContext['hooks']>['beforeRead']> {
  return identity?.kind === 'deployment' ? undefined : hooks?.beforeRead(collection, action)
}

function behindRule<T>(plan: Plan<T>, { refusal }: ReadOutcome): Plan<T> {
  if (refusal === undefined) return plan
  const refused = map(plan, (): T => {
    throw refusal
  })
  return { ...plan, ...refused }
}
