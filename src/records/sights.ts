/*
 * Who may hear of a change of a record, and how each sees it. Subscribers are asked about in groups
 * that differ in nothing but the account, and one statement answers for all accounts of a group: they
 * are a list that the statement joins. Only where relations are expanded by rules that ask who looks
 * does each account take a statement of its own.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Collection } from '#collections/collection.ts'
import type { Scope } from '#collections/transact.ts'
import type { Row } from '#database/batch.ts'
import { parseFilter } from '#filter/parse.ts'
import { createFilterQuery, type FilterQuery } from '#filter/query.ts'
import { byteLength } from '#kernel/text.ts'
import type { GroupSights, ListenerGroup, RealtimeAccount, Sight } from '#platform/realtime.ts'
import { parseExpand } from './expand-paths.ts'
import { allOf, columnOf, internalName } from './identifiers.ts'
import { hasReservedWords, maxFilterBytes } from './list-records.ts'
import { planRecordSelect } from './record-select.ts'
import { manageFlag } from './select-list.ts'
import type { RequestFacts, Viewer } from './viewer.ts'

/** The records that are asked about, under the name of their collection. */
export interface SightSource {
  readonly collection: Collection
  /** A table, or a select in parentheses. */
  readonly from: SQL
  /** Which of its rows. */
  readonly where: SQL | undefined
}

/** Statements, and who may hear of which record by their rows. */
export interface SightQuestion {
  readonly statements: readonly SQL[]
  /** By the key of the group. */
  read(rows: readonly (readonly Row[])[]): (recordId: string) => ReadonlyMap<string, GroupSights>
}

/** A record's columns as a table of one row, as if it were stored so. */
export function snapshotSource(collection: Collection, row: Row): SightSource {
  const columns = Object.keys(row).map(
    (name) => sql`"value" ->> ${`$."${name}"`} AS ${sql.identifier(name)}`,
  )
  const from = sql`(SELECT ${sql.join(columns, sql`, `)} FROM json_each(${JSON.stringify([row])}))`
  return { collection, from, where: undefined }
}

/** How an account is named among those who see a record. */
export function accountKey(account: Pick<RealtimeAccount, 'collectionId' | 'recordId'>): string {
  return `${account.collectionId}/${account.recordId}`
}

/** Nobody in particular. */
export const guestKey = ''

/** Plans the question who may hear of records. */
export function planSights(
  scope: Scope,
  source: SightSource,
  groups: readonly ListenerGroup[],
): SightQuestion {
  const parts = groups.flatMap((group) =>
    audiencesOf(scope, group).map((audience) => ({
      group,
      part: planAudience(scope, source, group, audience),
    })),
  )
  return {
    statements: parts.flatMap(({ part }) => part?.statements ?? []),
    read(rows) {
      let start = 0
      const found = parts.map(({ group, part }) => {
        const own = rows.slice(start, start + (part?.statements.length ?? 0))
        start += own.length
        return { key: group.key, sights: part?.read(own) }
      })
      return (recordId) => {
        const sights = new Map<string, Map<string, Sight>>()
        for (const { key, sights: seen } of found) {
          const members = sights.get(key) ?? new Map<string, Sight>()
          for (const [member, sight] of seen?.(recordId) ?? []) members.set(member, sight)
          sights.set(key, members)
        }
        return sights
      }
    },
  }
}

/** Members of a group that one statement answers for. */
interface Members {
  /** Undefined for guests. */
  readonly collection: Collection | undefined
  readonly isSuperuser: boolean
  readonly ids: readonly string[]
}

function audiencesOf({ catalog }: Scope, { accounts }: ListenerGroup): Members[] {
  const guests: Members = { collection: undefined, isSuperuser: false, ids: [] }
  const byCollection = Map.groupBy(accounts, ({ collectionId }) => collectionId)
  const signedIn = [...byCollection].flatMap(([id, members]): Members[] => {
    const collection = catalog.collections.find(id)
    if (collection === undefined) return []
    const ids = [...new Set(members.map(({ recordId }) => recordId))]
    return [{ collection, isSuperuser: members[0]?.isSuperuser === true, ids }]
  })
  return [guests, ...signedIn]
}

/** Which members see a record. */
type Seen = (recordId: string) => Iterable<readonly [string, Sight]>

interface MembersPart {
  readonly statements: readonly SQL[]
  read(rows: readonly (readonly Row[])[]): Seen
}

/** Undefined when nobody of the audience may hear of anything. */
function planAudience(
  scope: Scope,
  source: SightSource,
  group: ListenerGroup,
  audience: Members,
): MembersPart | undefined {
  const { collection } = source
  const rule = collection.rules[group.rule]
  const isOpen = audience.isSuperuser || rule.kind === 'open'
  if (!isOpen && rule.kind !== 'filter') return undefined
  const filter = group.query['filter'] ?? ''
  if (byteLength(filter) > maxFilterBytes) return undefined
  if (filter !== '' && !audience.isSuperuser && hasReservedWords(filter)) return undefined

  const expand = group.query['expand'] ?? ''
  const tree = expand === '' ? [] : parseExpand(expand, collection, scope.catalog.collections)
  if (tree.some(({ steps }) => steps.length > 0)) {
    const targets = tree.flatMap(({ steps }) => steps.map(({ target }) => target))
    return planExpanded(scope, source, group, audience, targets)
  }

  const manages = collection.auth !== undefined && collection.rules.manage.kind === 'filter'
  const isKnown = isOpen && filter === '' && (!manages || audience.collection === undefined)
  if (isKnown && group.records === 'all') {
    const sights = membersOf(audience).map((key) => [key, { manages: false }] as const)
    return { statements: [], read: () => () => sights }
  }
  return planSet(scope, source, group, audience)
}

const viewerTable = internalName('viewer')

/** One statement for all members. */
function planSet(
  scope: Scope,
  source: SightSource,
  group: ListenerGroup,
  audience: Members,
): MembersPart | undefined {
  const { collection } = source
  const viewer = viewerOf(group, audience, columnOf(viewerTable, 'value'))
  const question = conditionOf(scope, source, group, viewer)
  if (question === undefined) return undefined

  const ids = audience.collection === undefined ? [guestKey] : audience.ids
  const flag =
    collection.auth === undefined
      ? sql`NULL`
      : manageFlag(scope.catalog.collections, viewer, collection)
  const distinct = question.query.hasJoins ? sql`DISTINCT ` : sql``
  const statement = sql`SELECT ${distinct}${columnOf(collection.name, 'id')} AS "id", ${columnOf(viewerTable, 'value')} AS "viewer", ${flag} AS "m"
    FROM json_each(${JSON.stringify(ids)}) AS ${sql.identifier(viewerTable)} CROSS JOIN ${source.from} AS ${sql.identifier(collection.name)} ${question.query.joins() ?? sql``}
    WHERE ${question.where}`
  return {
    statements: [statement],
    read: ([rows = []]) => {
      const byRecord = Map.groupBy(rows, ({ id }) => String(id))
      return (recordId) =>
        (byRecord.get(recordId) ?? []).map(({ viewer: id, m }) => [
          memberKey(audience, String(id)),
          { manages: m === 1 },
        ])
    },
  }
}

/** A statement for each member, or one for all where nothing depends on who looks. */
function planExpanded(
  scope: Scope,
  source: SightSource,
  group: ListenerGroup,
  audience: Members,
  targets: readonly Collection[],
): MembersPart {
  const isAlike = audience.isSuperuser || ![source.collection, ...targets].some(asksWhoLooks)
  const members = membersOf(audience)
  const ids = audience.collection === undefined ? [guestKey] : audience.ids
  const asked = isAlike ? ids.slice(0, 1) : ids
  const selects = asked.flatMap((id) => {
    const viewer = viewerOf(group, audience, id)
    const question = conditionOf(scope, source, group, viewer)
    if (question === undefined) return []
    const { name } = source.collection
    const select = planRecordSelect(
      scope.catalog.collections,
      viewer,
      {
        collection: source.collection,
        isDistinct: question.query.hasJoins,
        from: sql`FROM ${source.from} AS ${sql.identifier(name)} ${question.query.joins() ?? sql``} WHERE ${question.where}`,
      },
      group.query['expand'],
    )
    return [{ keys: isAlike ? members : [memberKey(audience, id)], select }]
  })
  return {
    statements: selects.map(({ select }) => select.statement),
    read: (rows) => {
      const seen = selects.map(({ keys, select }, at) => ({
        keys,
        records: new Map(select.read(rows[at] ?? []).map((record) => [record['id'], record])),
      }))
      return (recordId) =>
        seen.flatMap(({ keys, records }) => {
          const record = records.get(recordId)
          return record === undefined
            ? []
            : keys.map((key) => [key, { manages: false, record }] as const)
        })
    },
  }
}

/** Whether what is seen of a collection's records may depend on who looks. */
function asksWhoLooks({ auth, definition, fields }: Collection): boolean {
  const { listRule, viewRule } = definition
  const rules = [listRule, viewRule].filter((rule) => rule !== null)
  return (
    auth !== undefined ||
    fields.length === 0 ||
    rules.some((rule) => rule.includes('@request.auth'))
  )
}

function membersOf(audience: Members): string[] {
  return audience.collection === undefined
    ? [guestKey]
    : audience.ids.map((id) => memberKey(audience, id))
}

function memberKey({ collection }: Members, id: string): string {
  return collection === undefined
    ? guestKey
    : accountKey({ collectionId: collection.id, recordId: id })
}

function viewerOf(group: ListenerGroup, audience: Members, id: string | SQL): Viewer {
  const facts: RequestFacts = {
    context: 'realtime',
    method: 'GET',
    query: group.query,
    headers: group.headers,
  }
  const { collection } = audience
  const auth = collection && { id, collection }
  return { request: { ...facts, body: {}, auth }, isSuperuser: audience.isSuperuser }
}

/** Which records a viewer may hear of; undefined when that cannot be said any more. */
function conditionOf(
  scope: Scope,
  { collection, where }: SightSource,
  group: ListenerGroup,
  viewer: Viewer,
): { readonly query: FilterQuery; readonly where: SQL } | undefined {
  const rule = collection.rules[group.rule]
  const query = createFilterQuery({
    catalog: scope.catalog.collections,
    request: viewer.request,
    base: { collection, alias: collection.name },
    now: scope.now,
  })
  const conditions: SQL[] = where === undefined ? [] : [where]
  if (!viewer.isSuperuser && rule.kind === 'filter') {
    const condition = query.where(rule.filter, 'rule')
    if (!condition.ok) return undefined
    conditions.push(condition.sql)
  }
  const filter = group.query['filter'] ?? ''
  if (filter !== '') {
    const parsed = parseFilter(filter)
    // What is hidden is for nobody to filter by, as what is heard would tell it.
    const condition = parsed.ok ? query.where(parsed.filter, 'client') : undefined
    if (!condition?.ok) return undefined
    conditions.push(condition.sql)
  }
  if (group.records !== 'all') {
    const id = columnOf(collection.name, 'id')
    conditions.push(sql`${id} IN (SELECT value FROM json_each(${JSON.stringify(group.records)}))`)
  }
  return { query, where: allOf([...conditions, ...query.guards()]) }
}

/** The statements that ask which sessions have ended, and the answer by their rows. */
export function planEnded(
  { catalog }: Scope,
  accounts: readonly RealtimeAccount[],
): { readonly statements: readonly SQL[]; read(rows: readonly (readonly Row[])[]): Set<string> } {
  const byCollection = Map.groupBy(accounts, ({ collectionId }) => collectionId)
  const statements = [...byCollection].flatMap(([id, members]) => {
    const collection = catalog.collections.find(id)
    if (collection?.auth === undefined) return []
    const asked = members.map(({ sessionId, recordId, tokenKey }) => [
      sessionId,
      recordId,
      tokenKey,
    ])
    return [
      sql`SELECT "s"."value" ->> 0 AS "session" FROM json_each(${JSON.stringify(asked)}) AS "s"
        JOIN ${sql.identifier(collection.name)} AS "a" ON "a"."id" = "s"."value" ->> 1
        LEFT JOIN "_session_overrides" AS "o" ON "o"."id" = "s"."value" ->> 0
        WHERE "a"."tokenKey" = CASE WHEN "o"."id" IS NULL THEN "s"."value" ->> 2 ELSE "o"."tokenKey" END`,
    ]
  })
  return {
    statements,
    read: (rows) => {
      const standing = new Set(rows.flat().map(({ session }) => String(session)))
      return new Set(accounts.map(({ sessionId }) => sessionId).filter((id) => !standing.has(id)))
    },
  }
}
