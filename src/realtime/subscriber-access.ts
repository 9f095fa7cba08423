/*
 * Checks which subscribers may receive a change of a record, and how each sees it. Subscribers form
 * groups that differ only in the account, and one statement checks all accounts of a group, which
 * it joins as a list. Only if relations are expanded by rules that depend on the caller does each
 * account take its own statement.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import type { Rule } from '#catalog/compile/rules.ts'
import { publicFields } from '#catalog/record-events.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Row } from '#database/batch.ts'
import { all, constant, list, map, one, type Query, rowsOf } from '#database/query.ts'
import { toStatement } from '#database/statement.ts'
import { allOf } from '#database/long-expressions.ts'
import type { ColumnSchema } from '#fields/definition/column-schema.ts'
import type { RequestInfo } from '#filter/schema.ts'
import { readsCaller, readsOtherRecords } from '#filter/names.ts'
import { parseFilter } from '#filter/parse.ts'
import { partHeaders } from '#http/network/network-headers.ts'
import { ApiError } from '#kernel/errors.ts'
import { byteLength } from '#kernel/text.ts'
import type {
  GroupAccess,
  SubscriberGroup,
  RealtimeAccount,
  VisibleRecord,
} from '#platform/realtime.ts'
import { guestRequest } from '#records/request-info.ts'
import { accessTo, type GrantedAccess, hasReservedWords } from '#records/access.ts'
import { ExpandAllowance } from '#records/expand-allowance.ts'
import { parseExpand } from '#records/read/expand-paths.ts'
import { columnOf, internalName } from '#records/identifiers.ts'
import { selectRecords } from '#records/read/record-select.ts'
import { filtersThroughRelations } from '#records/relation-filter.ts'
import { manageFlag } from '#records/read/select-list.ts'

/** The records to check, under the name of their collection. */
export interface VisibleSource {
  readonly collection: Collection
  /** A table, or a select in parentheses. */
  readonly from: SQL
  /** A condition on its rows. */
  readonly where: SQL | undefined
  /** A further condition if a rule or filter reads other records. */
  readonly whereRelated?: SQL
}

/** Access to a record, by the key of the group. */
export type AccessTo = (recordId: string) => ReadonlyMap<string, GroupAccess>

/** Reads the access to each record. */
export interface AccessQuery extends Query<AccessTo> {
  /** Groups that did not fit. */
  readonly unasked: readonly SubscriberGroup[]
}

/** Larger texts are bound separately: as JSON they could exceed the maximum size of a value. */
const largeTextBytes = 100_000

/**
 * A record's columns as a table of one row, as if it were stored: with the affinity of the columns,
 * which decides how texts and numbers compare. A rule that reads other records only holds while the
 * record exists, because the records it referred to may be gone with it.
 */
export function snapshotAsTable(collection: Collection, row: Row): VisibleSource {
  const large = Object.entries(row).filter(
    ([, value]) => typeof value === 'string' && byteLength(value) > largeTextBytes,
  )
  const apart = new Map(large)
  const rest = Object.fromEntries(Object.entries(row).filter(([name]) => !apart.has(name)))
  const columns = publicFields(collection).map(({ name, column }) => {
    const value = apart.has(name) ? sql`${apart.get(name)}` : sql`"value" ->> ${`$."${name}"`}`
    // A field added since has its default, because a rule may use it.
    const known = Object.hasOwn(row, name) ? value : sql.raw(column.default)
    return sql`${withAffinity(known, column)} AS ${sql.identifier(name)}`
  })
  const { name } = collection
  return {
    collection,
    from: sql`(SELECT ${sql.join(columns, sql`, `)} FROM json_each(${JSON.stringify([rest])}))`,
    where: undefined,
    whereRelated: sql`EXISTS (SELECT 1 FROM ${sql.identifier(name)} AS ${sql.identifier(storedTable)}
      WHERE ${columnOf(storedTable, 'id')} = ${columnOf(name, 'id')})`,
  }
}

const storedTable = internalName('stored')

function withAffinity(value: SQL, { type }: ColumnSchema): SQL {
  if (type === 'TEXT') return sql`CAST(${value} AS TEXT)`
  return type === 'NUMERIC' || type === 'BOOLEAN' ? sql`CAST(${value} AS NUMERIC)` : value
}

/** The key of an account in the access to a record. */
export function accountKey(account: Pick<RealtimeAccount, 'collectionId' | 'recordId'>): string {
  return `${account.collectionId}/${account.recordId}`
}

/** The key of guests. */
export const guestKey = ''

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

/** Guests' conditions evaluated by one statement. */
const guestsPerStatement = 20

/** The condition under which the guests of a group see a record. */
interface GuestCondition {
  readonly key: string
  readonly where: SQL
}

/**
 * The condition of a group's guests, if it depends on the record alone. Such conditions are columns
 * of one statement, since any client can make up options. Undefined if it needs its own statement,
 * or none.
 */
function guestCondition(
  context: PlanContext,
  source: VisibleSource,
  group: SubscriberGroup,
): GuestCondition | undefined {
  const { query, key, withoutGuests, rule } = group
  const isPlain = (query['expand'] ?? '') === '' && source.collection.auth === undefined
  const filter = query['filter'] ?? ''
  const isShort = byteLength(filter) <= maxTogetherBytes && !hasReservedWords(filter)
  if (withoutGuests === true || !isPlain || !isShort) return undefined
  const { kind } = source.collection.rules[rule]
  if (kind !== 'filter' && (kind !== 'open' || filter === '')) return undefined
  if (filtersThroughRelations(source.collection, filter)) return undefined
  const guests: AccountSet = { collection: undefined, isSuperuser: false, ids: [] }
  const viewer = requestInfoOf(context, group, guests, guestKey)
  const question = conditionOf(context, { ...source, where: undefined }, group, viewer)
  return question?.standsAlone === true ? { key, where: question.where } : undefined
}

/** Maximum bytes of a filter that is evaluated together with others. */
const maxTogetherBytes = 500
/** Maximum characters of SQL of such conditions together; a statement has 100 kB. */
const maxTogetherCharacters = 60_000

/** Divides the conditions so that each part fits into a statement. */
function inStatements(guests: readonly GuestCondition[]): GuestCondition[][] {
  const statements: GuestCondition[][] = []
  let room = 0
  for (const guest of guests) {
    const { length } = toStatement(guest.where).sql
    const last = statements.at(-1)
    if (last === undefined || length > room || last.length >= guestsPerStatement) {
      statements.push([guest])
      room = maxTogetherCharacters
    } else last.push(guest)
    room -= length
  }
  return statements
}

/** Plans one statement for guests of several groups. */
function planGuests(
  { collection, from, where }: VisibleSource,
  guests: readonly GuestCondition[],
): Query<(recordId: string) => readonly string[]> {
  const columns = guests.map(
    (guest, at) => sql`(${guest.where}) IS TRUE AS ${sql.identifier(`g${at}`)}`,
  )
  const statement = sql`SELECT ${columnOf(collection.name, 'id')} AS "id", ${sql.join(columns, sql`, `)}
    FROM ${from} AS ${sql.identifier(collection.name)} ${where === undefined ? sql`` : sql`WHERE ${where}`}`
  return one(statement, (rows) => {
    const byId = new Map(rows.map((row) => [String(row['id']), row]))
    return (recordId) =>
      guests.filter((_, at) => byId.get(recordId)?.[`g${at}`] === 1).map(({ key }) => key)
  })
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

/** If a request with the options of a group would fail, its members receive nothing. */
function planPart(
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

/** Members of a group that one statement checks. */
interface AccountSet {
  /** Undefined for guests. */
  readonly collection: Collection | undefined
  readonly isSuperuser: boolean
  readonly ids: readonly string[]
}

function accountSets(
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

/** The members that see a record. */
type VisibleTo = (recordId: string) => Iterable<readonly [string, VisibleRecord]>

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

function accountKeys(accountSet: AccountSet): string[] {
  return accountSet.collection === undefined
    ? [guestKey]
    : accountSet.ids.map((id) => memberKey(accountSet, id))
}

function memberKey({ collection }: AccountSet, id: string): string {
  return collection === undefined
    ? guestKey
    : accountKey({ collectionId: collection.id, recordId: id })
}

function requestInfoOf(
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

/** The records that a viewer may receive; undefined without access. */
function conditionOf(
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

/** Maximum accounts in one statement. */
const maxAskedAccounts = 5000

/** Reads which sessions of these accounts have ended. */
export function selectEndedSessions(
  { catalog }: PlanContext,
  accounts: readonly RealtimeAccount[],
): Query<ReadonlySet<string>> {
  const byCollection = Map.groupBy(accounts, ({ collectionId }) => collectionId)
  const statements = [...byCollection].flatMap(([id, members]) => {
    const collection = catalog.collections.find(id)
    if (collection?.auth === undefined) return []
    const asked = members.map(({ sessionId, recordId, tokenKey }) => [
      sessionId,
      recordId,
      tokenKey,
    ])
    return Array.from({ length: Math.ceil(asked.length / maxAskedAccounts) }, (_, n) => {
      const some = asked.slice(n * maxAskedAccounts, (n + 1) * maxAskedAccounts)
      return sql`SELECT "s"."value" ->> 0 AS "session" FROM json_each(${JSON.stringify(some)}) AS "s"
        JOIN ${sql.identifier(collection.name)} AS "a" ON "a"."id" = "s"."value" ->> 1
        LEFT JOIN "_session_overrides" AS "o" ON "o"."id" = "s"."value" ->> 0
        WHERE "a"."tokenKey" = CASE WHEN "o"."id" IS NULL THEN "s"."value" ->> 2 ELSE "o"."tokenKey" END`
    })
  })
  return map(rowsOf(statements), (rows) => {
    const standing = new Set(rows.flat().map(({ session }) => String(session)))
    return new Set(accounts.map(({ sessionId }) => sessionId).filter((id) => !standing.has(id)))
  })
}
