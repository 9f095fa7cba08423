import type { SQL } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { abortUnless } from '#database/abort.ts'
import { openRequest } from '#filter/open-request.ts'
import type { RequestInfo } from '#filter/schema.ts'
import { ruleHolds, storedRow } from '#records/read/rule-query.ts'

/** A guard for the rule of an action on a stored record, compiled once for all requests like it. */
export function storedRuleGuard(
  { catalog: { collections }, now }: Pick<PlanContext, 'catalog' | 'now'>,
  viewer: RequestInfo,
  collection: Collection,
  action: 'update' | 'delete',
  id: string,
): (message: string) => readonly SQL[] {
  return (message) =>
    collections.plans.statements(
      ['stored rule', action, collection.id],
      { request: viewer, now, id, message },
      (input) => {
        const row = storedRow(
          collection,
          input.open((values) => values.id),
        )
        const holds = ruleHolds(collections, openRequest(input), collection.rules[action], row)
        return [abortUnless(holds, input.open((values) => values.message).sql)]
      },
    )
}

/** The same condition by itself, for hooks that ask for it. */
export function storedRule(
  { catalog: { collections } }: Pick<PlanContext, 'catalog'>,
  viewer: RequestInfo,
  collection: Collection,
  action: 'update' | 'delete',
  id: string,
): SQL {
  return ruleHolds(collections, viewer, collection.rules[action], storedRow(collection, id))
}
