import { sql } from 'drizzle-orm'
import { all, constant, map, one, type Query } from '#database/query.ts'
import { ApiError } from '#kernel/errors.ts'
import { requireAuth } from '#auth/guards.ts'
import { authErrors } from '#auth/errors.ts'
import { admits } from '#auth/sign-in/auth-response.ts'
import { accessTo } from '#records/access.ts'
import { columnOf } from '#records/identifiers.ts'
import { planList } from '#records/read/list-records.ts'
import { planView } from '#records/read/view-record.ts'
import { requestInfoOf } from '#records/request-info.ts'
import { managesStored } from '#records/write/update-record.ts'
import { accountKey, guestKey } from '#realtime/access/members.ts'
import { planSubscriberAccess } from '#realtime/access/subscriber-access.ts'
import type { ExplainedRequest } from './explained-request.ts'
import { allowed, refused, type Verdict, verdictOf, withheld } from './verdict.ts'

/** Plans the verdict of a request that reads, by the plan of that request. */
export function planReadVerdict(request: ExplainedRequest): Query<Promise<Verdict>> {
  switch (request.action) {
    case 'list':
      return planListVerdict(request)
    case 'view': {
      const { context, collection, info, recordId } = request
      return verdictOf(
        () => planView(context, collection, info, recordId),
        () => allowed(200),
      )
    }
    case 'auth':
      return planSignInVerdict(request)
    case 'manage':
      return planManageVerdict(request)
    case 'realtime':
      return planRealtimeVerdict(request)
    case 'create':
    case 'update':
    case 'delete':
      throw new Error(`${request.action} is a write.`)
  }
}

/** The list itself, with its first record, and the named record among all of it. */
function planListVerdict(request: ExplainedRequest): Query<Promise<Verdict>> {
  const { context, collection, info, recordId } = request
  const { filter = '', sort = '' } = info.query
  const paging = { page: 1, perPage: 1, skipTotal: true }
  return verdictOf(
    () =>
      all({
        page: planList(context, collection, info, { ...paging, filter, sort }),
        isListed: recordId === '' ? constant(true) : planListed(request),
      }),
    ({ isListed }) => (isListed ? allowed(200) : withheld(200)),
  )
}

function planListed(request: ExplainedRequest): Query<boolean> {
  const { context, collection, info, recordId } = request
  const viewer = requestInfoOf(context, info)
  const access = accessTo(context.catalog.collections, viewer, {
    rule: collection.rules.list,
    base: {
      collection,
      alias: collection.name,
      where: sql`${columnOf(collection.name, 'id')} = ${recordId}`,
    },
    client: {
      filter: info.query['filter'] ?? '',
      sort: '',
      access: viewer.isSuperuser ? 'rule' : 'client',
    },
    now: context.now,
    node: 'statement',
  })
  if (!access.isGranted) throw new ApiError(access.error)
  const from = sql`FROM ${sql.identifier(collection.name)} ${access.joins}`
  const statement = sql`${access.with}SELECT 1 ${from} WHERE ${access.where} LIMIT 1`
  return one(statement, (rows) => rows.length > 0)
}

/** The auth rule, as a sign-in with a right password would ask it. */
function planSignInVerdict({ context, recordId, ...request }: ExplainedRequest) {
  return verdictOf(
    () => {
      const collection = requireAuth(request.collection)
      const caller = requestInfoOf(context, request.info)
      const condition = admits(context, caller, collection)
      return one(
        sql`SELECT ${condition} AS "is" FROM ${sql.identifier(collection.name)}
          WHERE ${columnOf(collection.name, 'id')} = ${recordId}`,
        ([row]) => row?.['is'] === 1,
      )
    },
    (isAdmitted) =>
      isAdmitted ? allowed(200) : refused(new ApiError(authErrors.authRuleUnsatisfied)),
  )
}

function planManageVerdict({ context, collection, info, recordId }: ExplainedRequest) {
  return verdictOf(
    () => {
      const viewer = requestInfoOf(context, info)
      const condition = managesStored(context, viewer, requireAuth(collection), recordId)
      if (condition === 'always') return constant(true)
      return one(sql`SELECT ${condition} AS "is"`, ([row]) => row?.['is'] === 1)
    },
    (isManager) => (isManager ? allowed(undefined) : withheld(undefined)),
  )
}

/** An event of the record, for one subscriber. */
function planRealtimeVerdict(request: ExplainedRequest): Query<Promise<Verdict>> {
  const { context, collection, info, recordId, topic } = request
  const { caller } = context
  const account = caller && {
    collectionId: caller.collectionId,
    recordId: caller.recordId,
    isSuperuser: caller.isSuperuser,
    sessionId: '',
    tokenKey: '',
    secretDigest: '',
  }
  const group = {
    key: 'explained',
    rule: topic === '*' ? ('list' as const) : ('view' as const),
    records: topic === '*' ? ('all' as const) : [recordId],
    query: info.query,
    headers: info.headers,
    rank: 0,
    accounts: account === undefined ? [] : [account],
    ...(account !== undefined && { withoutGuests: true as const }),
  }
  const source = {
    collection,
    from: sql`${sql.identifier(collection.name)}`,
    where: sql`${columnOf(collection.name, 'id')} = ${recordId}`,
  }
  const key = account === undefined ? guestKey : accountKey(account)
  return verdictOf(
    () =>
      map(planSubscriberAccess(context, source, [group], 1), (accessOf) =>
        accessOf(recordId).get(group.key)?.has(key),
      ),
    (isDelivered) => (isDelivered === true ? allowed(undefined) : withheld(undefined)),
  )
}
