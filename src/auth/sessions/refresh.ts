import { sql } from 'drizzle-orm'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Transactor } from '#catalog/transact.ts'
import { after, all, constant, map, one, type Plan, type Query } from '#database/query.ts'
import type { Caller } from '#http/caller.ts'
import { ApiError } from '#kernel/errors.ts'
import type { Background } from '#platform/bindings.ts'
import type { RecordJson } from '#records/read/record-shape.ts'
import { selectRecord } from '#records/read/view-record.ts'
import { requestInfoAs } from '#records/request-info.ts'
import type { RateLimiter } from '#limits/rate-limits.ts'
import {
  admits,
  type AuthAnswer,
  type AuthRequest,
  callerInfo,
} from '#auth/sign-in/auth-response.ts'
import { guardOfHooks, type SignInGuard } from '#auth/sign-in/sign-in-hooks.ts'
import type { AuthCollection, AuthTokens } from '#auth/auth-token.ts'
import { accountDisabled } from '#auth/states/account-disabled.ts'
import { authErrors } from '#auth/errors.ts'
import { requireAuth, requireCallerOf, requireCollection } from '#auth/guards.ts'
import type { RequestSession } from './request-session.ts'
import { renewToken } from './renew-token.ts'
import { keepSlot } from './session-slots.ts'
import { selectAccount } from '#auth/store.ts'

interface Ports {
  readonly transactor: Transactor
  readonly rateLimiter: RateLimiter
  readonly session: RequestSession
  readonly tokens: AuthTokens
  readonly background: Background
}

/** The caller and its collection. */
interface Renewal {
  readonly collection: AuthCollection
  readonly caller: Caller
  readonly record: RecordJson
  readonly tokenKey: string
  readonly now: Date
  /** Runs the hooks after the renewal. */
  readonly addMeta: (() => Promise<AuthAnswer['meta']>) | undefined
}

/**
 * Renews the caller's token for its full lifetime and returns the account. Tokens that are not
 * refreshable are returned unchanged. Older tokens of the session stay valid until they expire.
 *
 * Database: 1 batch. KV: 1 read, at most 1 write.
 *
 * @throws {ApiError} `collectionMissing`, `tooManyRequests`, `recordTokenRequired`,
 *   `otherCollectionRequired`, `authRuleUnsatisfied`, `accountDisabled`
 */
export async function refreshToken(ports: Ports, request: AuthRequest): Promise<AuthAnswer> {
  const renewal = await ports.transactor.read((context) => planRenewal(context, request, ports))
  const { collection, record, caller, now } = renewal
  const kept = keepSlot(collection, { ...caller, now })
  // How recent a session is need not be exact, so the answer does not wait for it.
  if (kept !== undefined) {
    ports.background.run(ports.transactor.write(() => after([kept], constant(undefined))))
  }
  const meta = await renewal.addMeta?.()
  return {
    ...(meta === undefined ? {} : { meta }),
    record,
    token: caller.isRefreshable
      ? await renewToken(ports, { ...renewal, facts: caller.facts })
      : caller.token,
  }
}

async function planRenewal(
  context: PlanContext,
  request: AuthRequest,
  { rateLimiter }: Ports,
): Promise<Plan<Renewal>> {
  const { collection: idOrName, info } = request
  const named = requireCollection(context, idOrName)
  rateLimiter.count(context, { collection: named, tags: ['authRefresh'] })
  const caller = requireCallerOf(context, named)
  const collection = requireAuth(named)
  const id = caller.recordId
  const viewer = requestInfoAs(collection, id, info)
  const asCaller = await callerInfo(context, request)
  const isAdmitted = admits(context, asCaller, collection)
  const hooked = {
    collection,
    recordId: id,
    method: 'refresh',
    isSecond: false,
    meta: undefined,
  } as const
  const clientIp = (): string => request.clientIp(context.catalog.settings)
  const guard = await guardOfHooks({ ...hooked, context, clientIp }, asCaller)
  const afterAuth = context.hooks?.afterAuth(collection)
  const found = all({
    account: selectAccount(collection, id, context.now, isAdmitted),
    isRefused: guard === undefined ? constant(false) : isRefusedBy(guard),
    record: selectRecord(context, viewer, collection, id, info.query['expand']),
  })
  return map(found, ({ account, isRefused, record }) => {
    if (account?.disabledUntil !== undefined) throw accountDisabled(account)
    if (account === undefined || record === undefined || !account.isAdmitted) {
      throw new ApiError(authErrors.authRuleUnsatisfied)
    }
    if (guard !== undefined && isRefused) throw guard.error
    const addMeta = afterAuth && (() => afterAuth({ ...hooked, record }))
    return { collection, caller, record, tokenKey: account.tokenKey, now: context.now, addMeta }
  })
}

function isRefusedBy({ condition }: SignInGuard): Query<boolean> {
  return one(sql`SELECT ${condition} AS "holds"`, ([row]) => row?.['holds'] !== 1)
}
