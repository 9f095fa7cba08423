import { type SQL, sql } from 'drizzle-orm'
import type { Rule } from '#catalog/compile/rules.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { allOf } from '#database/long-expressions.ts'
import { readsOtherRecords } from '#filter/syntax/names.ts'
import { parseFilter } from '#filter/syntax/parse.ts'
import type { RequestInfo } from '#filter/schema.ts'
import type { SubscriberGroup } from '#platform/realtime.ts'
import { accessTo, type GrantedAccess } from '#records/access.ts'
import { columnOf } from '#records/identifiers.ts'
import type { VisibleSource } from './snapshot.ts'

/** The records that a viewer may receive; undefined without access. */
export function conditionOf(
  context: PlanContext,
  { collection, from, where, whereRelated }: VisibleSource,
  group: SubscriberGroup,
  viewer: RequestInfo,
): GrantedAccess | undefined {
  const rule = collection.rules[group.rule]
  const filter = group.query['filter'] ?? ''
  const conditions: SQL[] = where === undefined ? [] : [where]
  if (whereRelated !== undefined && leadsElsewhere(rule, filter)) conditions.push(whereRelated)
  if (group.records !== 'all') {
    const id = columnOf(collection.name, 'id')
    conditions.push(sql`${id} IN (SELECT value FROM json_each(${JSON.stringify(group.records)}))`)
  }
  const access = accessTo(context.catalog.collections, viewer, {
    rule,
    base: { collection, alias: collection.name, source: from, where: allOf(conditions) },
    // No client may filter by hidden fields, because the messages would reveal them.
    client: { filter, sort: '', access: 'client' },
    now: context.now,
    // A subscriber's filter must not stop a write.
    onExcess: 'find nothing',
  })
  return access.isGranted ? access : undefined
}

/** True if a rule or filter reads other records than the changed one. */
function leadsElsewhere(rule: Rule, filter: string): boolean {
  const parsed = filter === '' ? undefined : parseFilter(filter)
  return (
    (rule.kind === 'filter' && readsOtherRecords(rule.filter)) ||
    (parsed?.ok === true && readsOtherRecords(parsed.filter))
  )
}
