/*
 * Checks which subscribers may receive a change of a record, and how each sees it. Subscribers form
 * groups that differ only in the account, and one statement checks all accounts of a group, which
 * it joins as a list. Only if relations are expanded by rules that depend on the caller does each
 * account take its own statement.
 */
import type { PlanContext } from '#catalog/plan-context.ts'
import { all, list, map, type Query } from '#database/query.ts'
import type { GroupAccess, SubscriberGroup, VisibleRecord } from '#platform/realtime.ts'
import {
  type GuestCondition,
  guestCondition,
  guestsPerStatement,
  inStatements,
  planGuests,
} from './guest-conditions.ts'
import { accountKey, accountSets, guestKey } from './members.ts'
import { planPart, type VisibleTo } from './plan-accounts.ts'
import type { VisibleSource } from './snapshot.ts'

/** Access to a record, by the key of the group. */
export type AccessTo = (recordId: string) => ReadonlyMap<string, GroupAccess>

/** Reads the access to each record. */
export interface AccessQuery extends Query<AccessTo> {
  /** Groups that did not fit. */
  readonly unasked: readonly SubscriberGroup[]
}

/** Maximum accounts of a group in a batch, if each takes a statement. */
const maxSingleAccounts = 100

/** Plans the access checks of as many groups as `statements` allows. */
export function planSubscriberAccess(
  context: PlanContext,
  source: VisibleSource,
  groups: readonly SubscriberGroup[],
  most: number,
): AccessQuery {
  const asked = new Set<string>()
  const parts: Query<{ readonly key: string; readonly visibleTo: VisibleTo }>[] = []
  const guests: GuestCondition[] = []
  const waiting = groups.flatMap(inPieces)
  let count = 0
  while (waiting.length > 0) {
    const [group] = waiting as [SubscriberGroup]
    const condition = guestCondition(context, source, group)
    const own = accountSets(context, group)
      .filter(({ collection }) => collection !== undefined || condition === undefined)
      .flatMap((members) => planPart(context, source, group, members) ?? [])
    const added =
      own.reduce((sum, { statements }) => sum + statements.length, 0) +
      (condition === undefined ? 0 : 1 / guestsPerStatement)
    if (count > 0 && count + added > most) break
    count += added
    asked.add(group.key)
    parts.push(...own.map((part) => map(part, (visibleTo) => ({ key: group.key, visibleTo }))))
    if (condition !== undefined) guests.push(condition)
    waiting.shift()
  }
  const found = all({
    members: list(parts),
    guests: list(inStatements(guests).map((some) => planGuests(source, some))),
  })
  const access = map(found, ({ members, guests: seenByGuests }): AccessTo => (recordId) => {
    const byGroup = new Map(
      [...asked].map((key) => [key, new Map<string, VisibleRecord>()] as const),
    )
    for (const { key, visibleTo } of members) {
      for (const [member, visible] of visibleTo(recordId)) byGroup.get(key)?.set(member, visible)
    }
    for (const key of seenByGuests.flatMap((keysOf) => keysOf(recordId))) {
      byGroup.get(key)?.set(guestKey, { isManager: false })
    }
    return byGroup
  })
  return { ...access, unasked: waiting }
}

/** Splits a group whose accounts may take a statement each, to limit the statements of a part. */
function inPieces(group: SubscriberGroup): SubscriberGroup[] {
  if ((group.query['expand'] ?? '') === '') return [group]
  // All sessions of an account are in one part, so that each receives an event once.
  const accounts = [...Map.groupBy(group.accounts, accountKey).values()]
  if (accounts.length <= maxSingleAccounts) return [group]
  return Array.from({ length: Math.ceil(accounts.length / maxSingleAccounts) }, (_, n) => ({
    ...group,
    accounts: accounts.slice(n * maxSingleAccounts, (n + 1) * maxSingleAccounts).flat(),
    ...(n > 0 && { withoutGuests: true }),
  }))
}
