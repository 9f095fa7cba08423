import type { SQL } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { RequestInfo } from '#filter/schema.ts'
import { partHeaders } from '#http/network/network-headers.ts'
import type { RealtimeAccount, SubscriberGroup } from '#platform/realtime.ts'
import { guestRequest } from '#records/request-info.ts'

/** The key of an account in the access to a record. */
export function accountKey(account: Pick<RealtimeAccount, 'collectionId' | 'recordId'>): string {
  return `${account.collectionId}/${account.recordId}`
}

/** The key of guests. */
export const guestKey = ''

/** Members of a group that one statement checks. */
export interface AccountSet {
  /** Undefined for guests. */
  readonly collection: Collection | undefined
  readonly isSuperuser: boolean
  readonly ids: readonly string[]
}

export function accountSets(
  { catalog }: PlanContext,
  { accounts, withoutGuests }: SubscriberGroup,
): AccountSet[] {
  const guests: AccountSet = { collection: undefined, isSuperuser: false, ids: [] }
  const byCollection = Map.groupBy(accounts, ({ collectionId }) => collectionId)
  const signedIn = [...byCollection].flatMap(([id, members]): AccountSet[] => {
    const collection = catalog.collections.find(id)
    if (collection === undefined) return []
    const ids = [...new Set(members.map(({ recordId }) => recordId))]
    return [{ collection, isSuperuser: members[0]?.isSuperuser === true, ids }]
  })
  return withoutGuests === true ? signedIn : [guests, ...signedIn]
}

export function accountKeys(accountSet: AccountSet): string[] {
  return accountSet.collection === undefined
    ? [guestKey]
    : accountSet.ids.map((id) => memberKey(accountSet, id))
}

export function memberKey({ collection }: AccountSet, id: string): string {
  return collection === undefined
    ? guestKey
    : accountKey({ collectionId: collection.id, recordId: id })
}

export function requestInfoOf(
  { catalog: { settings } }: PlanContext,
  group: SubscriberGroup,
  accountSet: AccountSet,
  id: string | SQL,
): RequestInfo {
  const info = guestRequest({
    context: 'realtime',
    method: 'GET',
    query: group.query,
    headers: partHeaders(group.headers, settings),
  })
  const { collection } = accountSet
  const auth = collection && { id, collection }
  return { ...info, auth, isSuperuser: accountSet.isSuperuser }
}
