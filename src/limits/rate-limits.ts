/*
 * Rate limits. A request has labels, from the most to the least specific, and the first rule that
 * matches one of them applies. Requests that check a secret are counted in the database, by client
 * and by account, so that the limits hold across the world. Everything else is counted in the
 * isolate's memory, which is cheap and keeps a single client from taking all of an isolate's time.
 */
import type { Context } from 'hono'
import { type SQL, sql } from 'drizzle-orm'
import { abortWith, type BatchFailure } from '#database/abort.ts'
import { countAttempt, limitExceededUntil } from './attempts.ts'
import { after, type Plan } from '#database/query.ts'
import type { AppEnv } from '#http/app-env.ts'
import type { Caller } from '#http/caller.ts'
import { clientIp } from '#http/network/client-ip.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { addressBlock, isInRanges } from '#go-compat/ip-address.ts'
import {
  type AccountAttempt,
  accountLimit,
  codeCapacity,
  countFailure,
  countSuccess,
  limitedUntil,
} from './account-limits.ts'
import { addFailure, blockedUntil } from './failures.ts'
import { findRateLimit, pathLabels, tagLabels } from './find-rate-limit.ts'
import type { MemoryCounters } from './memory-counters.ts'
import type { RateLimitRule, Settings } from '#settings/settings.ts'

declare module '#http/app-env.ts' {
  interface RequestServices {
    /** Applies the rate limits to the request. */
    readonly rateLimiter: RateLimiter
  }
}

/** The part of a request's context that decides its limits. */
export interface RateContext {
  readonly catalog: { readonly settings: Settings; readonly revision: number }
  readonly caller: Caller | undefined
  readonly now: Date
}

/** The tags of a request to a collection. Other requests are counted by path alone. */
export interface RateTarget {
  readonly collection: { readonly id: string; readonly name: string }
  /** `list`, `create`, ...; with PocketBase's names, in its order. */
  readonly tags: readonly string[]
  /** The limit for guests if the settings have no rule for these tags. */
  readonly guestLimit?: GuestLimit | undefined
}

/** A limit without a rule in the settings; see decision 0011. */
export type GuestLimit = Pick<RateLimitRule, 'duration' | 'maxRequests'>

/** An attempt at a secret of one account. */
export interface AccountTarget extends RateTarget {
  /**
   * The account's name from the client: an identity, an address, an id. Accounts are counted by
   * this name, whether they exist or not. The first tag is the kind of secret; each is counted
   * separately.
   */
  readonly account: string
}

/** A parsed attempt. */
export interface Attempt<T> {
  /** As in `AccountTarget`, if the attempt is at one account. */
  readonly account?: string
  /**
   * The key of the account's bucket, as an expression, where only the database knows the account; NULL
   * for none.
   */
  readonly accountKey?: SQL
  /** Must be part of a write. */
  readonly plan: Plan<T>
}

/** Applies the rate limits of the settings to one request. */
export interface RateLimiter {
  /**
   * Counts a request in memory.
   *
   * @throws {ApiError} `too_many_requests`
   */
  count(context: RateContext, target?: RateTarget): void
  /**
   * Limits the plan of an attempt, which fails with `too_many_requests` after too many attempts.
   * They are counted exactly, in the plan's own batch. For routes that check a secret: stops
   * guessing from many locations at once. With an `account` each attempt also counts as a failure
   * until `succeed`.
   *
   * @param read parses the request, or fails. The client is counted in memory first, so that a
   *   flood of large bodies is not read, and exactly in any case.
   * @throws {ApiError} `too_many_requests`
   */
  attempt<T>(
    context: RateContext,
    target: RateTarget,
    read: () => Attempt<T> | Promise<Attempt<T>>,
  ): Promise<Plan<T>>
  /**
   * The statements that take back the count of an attempt with the right secret. Add them to the
   * batch that acts on it.
   *
   * @param otherNames other names of the account: its id, its address
   */
  succeed(
    context: RateContext,
    target: AccountTarget,
    otherNames?: readonly string[],
  ): Promise<readonly SQL[]>
  /**
   * Delays the responses of a client that keeps finding nothing by up to half a second. Otherwise
   * the time a filter takes would reveal data in records that the client may not see.
   */
  delayProbing(context: RateContext, collectionId: string): Promise<void>
}

/** Three empty lists in three seconds are not normal use. Applies whatever the settings are. */
const probing: RateLimitRule = { label: '', audience: '', duration: 3, maxRequests: 3 }
const maxDelayMilliseconds = 500

/** Creates the rate limiter of a request. The counters belong to the app. */
export function createRateLimiter(c: Context<AppEnv>, counters: MemoryCounters): RateLimiter {
  function limitOf(context: RateContext, target?: RateTarget): Limit | undefined {
    const rule = applicableRule(context, c.req, target)
    if (rule === undefined) return undefined
    const ip = clientIp(c, context.catalog.settings)
    return isExempt(context, ip) ? undefined : { rule, key: counterKey(context, rule, ip, target) }
  }

  /** The limits this request has passed. Planning it again is not another attempt. */
  const admitted = new Set<string>()

  function accountAttempt(
    context: RateContext,
    { collection, tags, account }: AccountTarget,
  ): AccountAttempt | undefined {
    const ip = clientIp(c, context.catalog.settings)
    if (isExempt(context, ip)) return undefined
    const purpose = tags[0] ?? ''
    return { purpose, collectionId: collection.id, account, network: addressBlock(ip) }
  }

  function countInMemory(limit: Limit, now: Date): void {
    const waitSeconds = counters.hit(limit.key, limit.rule, now)
    if (waitSeconds !== undefined) throw tooMany(waitSeconds)
  }

  return {
    count(context, target) {
      const limit = limitOf(context, target)
      if (limit !== undefined) countInMemory(limit, context.now)
    },
    async attempt<T>(
      context: RateContext,
      target: RateTarget,
      read: () => Attempt<T> | Promise<Attempt<T>>,
    ) {
      const limit = limitOf(context, target)
      if (limit !== undefined && !admitted.has(limit.key)) {
        countInMemory(limit, context.now)
        admitted.add(limit.key)
      }
      const { plan, account, accountKey } = await readAttempt(read)
      const guess =
        account === undefined ? undefined : accountAttempt(context, { ...target, account })
      return limitPlan(
        plan,
        context.now,
        [
          ...(limit === undefined ? [] : clientCounters(limit, context.now)),
          ...(guess === undefined ? [] : await accountCounters(guess, context.now)),
          ...(accountKey === undefined || isExempt(context, clientIp(c, context.catalog.settings))
            ? []
            : bucketCounters(accountKey, context.now)),
        ],
        ({ by, until }) => {
          if (limit === undefined) return
          // An attempt that the account's limit rejects does not count, here or in the database.
          if (by === 'account') counters.takeBack(limit.key)
          else counters.exhaust(limit.key, limit.rule, until)
        },
      )
    },
    async succeed(context, target, otherNames = []) {
      const attempt = accountAttempt(context, target)
      if (attempt === undefined) return []
      const limit = await accountLimit(attempt, context.now)
      return await countSuccess(limit, attempt, otherNames, context.now)
    },
    async delayProbing(context, collectionId) {
      const ip = addressBlock(clientIp(c, context.catalog.settings))
      if (counters.hit(`probe:${collectionId} ${ip}`, probing, context.now) === undefined) return
      const [random = 0] = crypto.getRandomValues(new Uint32Array(1))
      await new Promise((resolve) => setTimeout(resolve, random % maxDelayMilliseconds))
    },
  }
}

/** An invalid attempt only counts and then fails. */
async function readAttempt<T>(read: () => Attempt<T> | Promise<Attempt<T>>): Promise<Attempt<T>> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const refuse = (): never => {
      throw error
    }
    return { plan: { statements: [], read: refuse } }
  }
}

interface Limit {
  readonly rule: RateLimitRule
  /** The key of the counter. */
  readonly key: string
}

/** True for superusers and excluded addresses, which have no limits. */
function isExempt({ catalog: { settings }, caller }: RateContext, ip: string): boolean {
  const { enabled, excludedIPs } = settings.rateLimits
  return !enabled || caller?.isSuperuser === true || isInRanges(ip, excludedIPs)
}

/** The rule for a request. Most have none, so their address is not looked at. */
function applicableRule(
  { catalog: { settings }, caller }: RateContext,
  { method, path }: { readonly method: string; readonly path: string },
  target: RateTarget | undefined,
): RateLimitRule | undefined {
  const { rules, enabled } = settings.rateLimits
  if (!enabled) return undefined
  const audience = caller === undefined ? '@guest' : '@auth'
  return (
    findRateLimit(rules, target ? tagLabels(target.collection.name, target.tags) : [], audience) ??
    guestRule(target, audience) ??
    findRateLimit(rules, pathLabels(method, path), audience)
  )
}

function counterKey(
  { catalog: { revision } }: RateContext,
  rule: RateLimitRule,
  ip: string,
  target: RateTarget | undefined,
): string {
  const counted =
    target === undefined ? rule.label : `${target.collection.id}:${target.tags.join('+')}`
  // Saved settings restart all counters, and so do changed definitions, which are as rare.
  return `${revision} ${counted} ${rule.audience} ${addressBlock(ip)}`
}

function guestRule(
  target: RateTarget | undefined,
  audience: '@guest' | '@auth',
): RateLimitRule | undefined {
  if (target?.guestLimit === undefined || audience !== '@guest') return undefined
  return { ...target.guestLimit, label: '', audience }
}

/** The statements that count an attempt of a client, and undo the batch if there were too many. */
function clientCounters({ rule, key }: Limit, now: Date): SQL[] {
  return [
    countAttempt(key, rule.duration, now),
    refuseUntil('client', limitExceededUntil(key, rule.maxRequests)),
  ]
}

/** The statements that reject a blocked attempt at an account, and count it. */
async function accountCounters(attempt: AccountAttempt, now: Date): Promise<SQL[]> {
  const limit = await accountLimit(attempt, now)
  return [refuseUntil('account', limitedUntil(limit, now)), ...countFailure(limit, now)]
}

/** The same for an account that only the database knows. It trusts no network. */
function bucketCounters(key: SQL, now: Date): SQL[] {
  const bucket = { key, capacity: codeCapacity.anywhere }
  return [
    refuseUntil('account', blockedUntil(bucket, now)),
    addFailure(bucket, now, sql`(${key}) IS NOT NULL`),
  ]
}

/** The reason why a batch was undone: the limit, and the time until which it holds. */
interface Refusal {
  readonly by: 'client' | 'account'
  readonly until: Date
}

/** Undoes the batch if attempts are blocked until a time, in Unix seconds. */
function refuseUntil(by: Refusal['by'], moment: SQL): SQL {
  return abortWith(sql`${`arete:too-many:${by}:`} || ${moment}`)
}

function refusalOf(failure: BatchFailure): Refusal | undefined {
  const message = failure.kind === 'aborted' ? failure.message : ''
  const [, by, seconds] = /^arete:too-many:(client|account):(\d+)$/.exec(message) ?? []
  if (seconds === undefined) return undefined
  return {
    by: by === 'client' ? 'client' : 'account',
    until: new Date(Number(seconds) * 1000),
  }
}

function limitPlan<T>(
  plan: Plan<T>,
  now: Date,
  counters: readonly SQL[],
  onRefusal: (refusal: Refusal) => void,
): Plan<T> {
  return {
    ...after(counters, plan),
    errorFor: async (failure) => {
      const refusal = refusalOf(failure)
      if (refusal !== undefined) {
        onRefusal(refusal)
        return tooMany((refusal.until.getTime() - now.getTime()) / 1000)
      }
      return (await plan.errorFor?.(failure)) ?? new Error('Undone batch', { cause: failure })
    },
  }
}

function tooMany(waitSeconds: number): ApiError {
  return new ApiError(commonErrors.tooManyRequests, {
    retryAfterSeconds: Math.max(1, Math.ceil(waitSeconds)),
  })
}
