import { sql } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { constant, list, map, one, type Query } from '#database/query.ts'
import { readsCaller } from '#filter/syntax/names.ts'
import { ApiError } from '#kernel/errors.ts'
import type { SubscriberGroup, VisibleRecord } from '#platform/realtime.ts'
import { ExpandAllowance } from '#records/expand-allowance.ts'
import { columnOf, internalName } from '#records/identifiers.ts'
import { parseExpand } from '#records/read/expand-paths.ts'
import { selectRecords } from '#records/read/record-select.ts'
import { manageFlag } from '#records/read/select-list.ts'
import { filtersThroughRelations } from '#records/relation-filter.ts'
import { conditionOf } from './group-condition.ts'
import { accountKeys, type AccountSet, guestKey, memberKey, requestInfoOf } from './members.ts'
import type { VisibleSource } from './snapshot.ts'

/** If a request with the options of a group would fail, its members receive nothing. */
export function planPart(
  context: PlanContext,
  source: VisibleSource,
  group: SubscriberGroup,
  members: AccountSet,
): Query<VisibleTo> | undefined {
  try {
    return planAccounts(context, source, group, members)
  } catch (error) {
    if (error instanceof ApiError) return undefined
    throw error
  }
}

/** The members that see a record. */
export type VisibleTo = (recordId: string) => Iterable<readonly [string, VisibleRecord]>

/** Undefined if no member can receive anything. */
function planAccounts(
  context: PlanContext,
  source: VisibleSource,
  group: SubscriberGroup,
  accountSet: AccountSet,
): Query<VisibleTo> | undefined {
  const { collection } = source
  const rule = collection.rules[group.rule]
  const isOpen = accountSet.isSuperuser || rule.kind === 'open'
  if (!isOpen && rule.kind !== 'filter') return undefined
  const filter = group.query['filter'] ?? ''
  // Guests cannot make such a subscription, but a client may become a guest later.
  const isGuest = accountSet.collection === undefined
  if (isGuest && filtersThroughRelations(collection, filter)) return undefined

  const expand = group.query['expand'] ?? ''
  const { collections } = context.catalog
  const { isSuperuser } = accountSet
  const tree = expand === '' ? [] : parseExpand(expand, collection, { collections, isSuperuser })
  if (tree.some(({ steps }) => steps.length > 0)) {
    const targets = tree.flatMap(({ steps }) => steps.map(({ target }) => target))
    return planExpanded(context, source, group, accountSet, targets)
  }

  const isManager = collection.auth !== undefined && collection.rules.manage.kind === 'filter'
  const isKnown = isOpen && filter === '' && (!isManager || accountSet.collection === undefined)
  if (isKnown) {
    const access = accountKeys(accountSet).map((key) => [key, { isManager: false }] as const)
    return constant(() => access)
  }
  return planSet(context, source, group, accountSet)
}

const viewerTable = internalName('viewer')

/** Plans one statement for all members. */
function planSet(
  context: PlanContext,
  source: VisibleSource,
  group: SubscriberGroup,
  accountSet: AccountSet,
): Query<VisibleTo> | undefined {
  const { collection } = source
  const viewer = requestInfoOf(context, group, accountSet, columnOf(viewerTable, 'value'))
  const question = conditionOf(context, source, group, viewer)
  if (question === undefined) return undefined

  const ids = accountSet.collection === undefined ? [guestKey] : accountSet.ids
  const flag =
    collection.auth === undefined
      ? sql`NULL`
      : manageFlag(context.catalog.collections, viewer, collection)
  const distinct = question.isDistinct ? sql`DISTINCT ` : sql``
  const statement = sql`${question.with}SELECT ${distinct}${columnOf(collection.name, 'id')} AS "id", ${columnOf(viewerTable, 'value')} AS "viewer", ${flag} AS "m"
    FROM json_each(${JSON.stringify(ids)}) AS ${sql.identifier(viewerTable)} CROSS JOIN ${source.from} AS ${sql.identifier(collection.name)} ${question.joins}
    WHERE ${question.where}`
  return one(statement, (rows) => {
    const byRecord = Map.groupBy(rows, ({ id }) => String(id))
    return (recordId) =>
      (byRecord.get(recordId) ?? []).map(({ viewer: id, m }) => [
        memberKey(accountSet, String(id)),
        { isManager: m === 1 },
      ])
  })
}

/** Plans a statement for each member, or one for all if nothing depends on the caller. */
function planExpanded(
  context: PlanContext,
  source: VisibleSource,
  group: SubscriberGroup,
  accountSet: AccountSet,
  targets: readonly Collection[],
): Query<VisibleTo> {
  // A filter may go through collections whose rules depend on the caller.
  const hasFilter = (group.query['filter'] ?? '') !== ''
  const isAlike =
    !hasFilter && (accountSet.isSuperuser || ![source.collection, ...targets].some(dependsOnViewer))
  const members = accountKeys(accountSet)
  const ids = accountSet.collection === undefined ? [guestKey] : accountSet.ids
  const asked = isAlike ? ids.slice(0, 1) : ids
  const allowance = new ExpandAllowance()
  const views = asked.flatMap((id) => {
    const viewer = requestInfoOf(context, group, accountSet, id)
    const question = conditionOf(context, source, group, viewer)
    if (question === undefined) return []
    const { name } = source.collection
    const records = selectRecords(
      context.catalog.collections,
      viewer,
      {
        collection: source.collection,
        isDistinct: question.isDistinct,
        with: question.with,
        from: sql`FROM ${source.from} AS ${sql.identifier(name)} ${question.joins} WHERE ${question.where}`,
      },
      { expand: group.query['expand'], onExcess: 'omit', allowance },
    )
    const keys = isAlike ? members : [memberKey(accountSet, id)]
    return [
      map(records, (found) => ({
        keys,
        byId: new Map(found.map((record) => [record['id'], record])),
      })),
    ]
  })
  return map(list(views), (seen): VisibleTo => (recordId) => {
    return seen.flatMap(({ keys, byId }) => {
      const record = byId.get(recordId)
      return record === undefined
        ? []
        : keys.map((key) => [key, { isManager: false, record }] as const)
    })
  })
}

/** True if the visible part of a collection's records may depend on the viewer. */
function dependsOnViewer({ auth, fields, rules }: Collection): boolean {
  return (
    auth !== undefined ||
    fields.length === 0 ||
    [rules.list, rules.view].some((rule) => rule.kind === 'filter' && readsCaller(rule.filter))
  )
}
