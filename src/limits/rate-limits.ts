/*
 * How often a client may call. A request has labels, from the most to the least exact; the first
 * rule that one of them finds is the only one that counts. Requests that check a secret are counted
 * in the database, by client and by account, so that the limits hold across the world; everything
 * else in the isolate's memory, which is cheap and keeps a single client from taking all of an
 * isolate's time.
 */
import type { Context, MiddlewareHandler } from 'hono'
import { type SQL, sql } from 'drizzle-orm'
import { abortWith, type BatchFailure } from '#database/abort.ts'
import { countAttempt, limitExceededUntil } from './attempts.ts'
import { after, type Plan } from '#database/query.ts'
import type { AppEnv } from '#http/app-env.ts'
import type { Caller } from '#http/caller.ts'
import { clientIp } from '#http/client-ip.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { addressBlock, isInRanges } from '#go-compat/ip-address.ts'
import {
  type AccountAttempt,
  accountLimit,
  countFailure,
  countSuccess,
  limitedUntil,
} from './account-limits.ts'
import type { MemoryCounters } from './memory-counters.ts'
import type { RateLimitRule, Settings } from '#settings/settings.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** Holds the request to the rate limits. */
    rateLimiter: RateLimiter
  }
}

/** The part of a request's scope that decides its limits. */
export interface RateScope {
  readonly catalog: { readonly settings: Settings; readonly revision: number }
  readonly caller: Caller | undefined
  readonly now: Date
}

/** What a request to a collection counts as; other requests count by their path alone. */
export interface RateTarget {
  readonly collection: { readonly id: string; readonly name: string }
  /** `list`, `create`, ...; in PocketBase's words and order. */
  readonly tags: readonly string[]
  /** The limit that guests are under where the settings have no rule for these tags. */
  readonly guestLimit?: GuestLimit | undefined
}

/** A limit that holds without a rule of the settings; see decision 0011. */
export type GuestLimit = Pick<RateLimitRule, 'duration' | 'maxRequests'>

/** An attempt to get a secret of one account right. */
export interface AccountTarget extends RateTarget {
  /**
   * What the client calls the account: an identity, an address, an id. Accounts are counted by this
   * name, whether they exist or not. The first tag says what is tried; each is counted for itself.
   */
  readonly account: string
}

/** An attempt, once its request was read. */
export interface Attempt<T> {
  /** As in `AccountTarget`, where the attempt is at one account. */
  readonly account?: string
  /** Belongs into a write. */
  readonly plan: Plan<T>
}

/** Holds one request to the limits that its settings set. */
export interface RateLimiter {
  /**
   * Counts a request in memory.
   *
   * @throws {ApiError} `too_many_requests`
   */
  count(scope: RateScope, target?: RateTarget): void
  /**
   * The plan of an attempt, refused as a whole with `too_many_requests` once there were too many;
   * they are counted exactly, in the plan's own batch. For routes that check a secret: stops
   * guessing from many places of the network at once. With an `account` each attempt also counts as
   * its failure, until `succeed` says otherwise.
   *
   * @param read reads the request, or refuses it. The client is counted in memory before, so that a
   *   flood of large bodies is not read, and exactly whether or not the request is refused.
   * @throws {ApiError} `too_many_requests`
   */
  attempt<T>(
    scope: RateScope,
    target: RateTarget,
    read: () => Attempt<T> | Promise<Attempt<T>>,
  ): Promise<Plan<T>>
  /**
   * The statements that make good what an attempt was counted for, now that the secret turned out
   * right; they belong into the batch that acts on it.
   *
   * @param otherNames what else the account may be called by: its id, its address
   */
  succeed(
    scope: RateScope,
    target: AccountTarget,
    otherNames?: readonly string[],
  ): Promise<readonly SQL[]>
  /**
   * Delays, by up to half a second, the answers of a client that keeps finding nothing. The time a
   * filter takes over records the client may not see would otherwise tell what is in them.
   */
  delayProbing(scope: RateScope, collectionId: string): Promise<void>
}

/** Three empty lists in three seconds are nobody's haste. On whatever the settings say. */
const probing: RateLimitRule = { label: '', audience: '', duration: 3, maxRequests: 3 }
const maxDelayMilliseconds = 500

/** Gives the request its limiter. The counters belong to the app. */
export function rateLimit(counters: MemoryCounters): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    c.set('rateLimiter', createRateLimiter(c, counters))
    await next()
  }
}

function createRateLimiter(c: Context<AppEnv>, counters: MemoryCounters): RateLimiter {
  function limitOf(scope: RateScope, target?: RateTarget): Limit | undefined {
    return applicableLimit(scope, clientIp(c, scope.catalog.settings), c.req, target)
  }

  /** The limits this request was admitted under; a plan that is made anew is not another attempt. */
  const admitted = new Set<string>()

  function accountAttempt(
    scope: RateScope,
    { collection, tags, account }: AccountTarget,
  ): AccountAttempt | undefined {
    const ip = clientIp(c, scope.catalog.settings)
    if (isExempt(scope, ip)) return undefined
    const purpose = tags[0] ?? ''
    return { purpose, collectionId: collection.id, account, network: addressBlock(ip) }
  }

  function countInMemory(limit: Limit, now: Date): void {
    const waitSeconds = counters.hit(limit.key, limit.rule, now)
    if (waitSeconds !== undefined) throw tooMany(waitSeconds)
  }

  return {
    count(scope, target) {
      const limit = limitOf(scope, target)
      if (limit !== undefined) countInMemory(limit, scope.now)
    },
    async attempt<T>(
      scope: RateScope,
      target: RateTarget,
      read: () => Attempt<T> | Promise<Attempt<T>>,
    ) {
      const limit = limitOf(scope, target)
      if (limit !== undefined && !admitted.has(limit.key)) {
        countInMemory(limit, scope.now)
        admitted.add(limit.key)
      }
      const { plan, account } = await readAttempt(read)
      const guess =
        account === undefined ? undefined : accountAttempt(scope, { ...target, account })
      return limitPlan(
        plan,
        scope.now,
        [
          ...(limit === undefined ? [] : clientCounters(limit, scope.now)),
          ...(guess === undefined ? [] : await accountCounters(guess, scope.now)),
        ],
        ({ by, until }) => {
          if (limit === undefined) return
          // What an account's limit refuses counts for nothing, here as in the database.
          if (by === 'account') counters.takeBack(limit.key)
          else counters.exhaust(limit.key, limit.rule, until)
        },
      )
    },
    async succeed(scope, target, otherNames = []) {
      const attempt = accountAttempt(scope, target)
      if (attempt === undefined) return []
      const limit = await accountLimit(attempt, scope.now)
      return await countSuccess(limit, attempt, otherNames, scope.now)
    },
    async delayProbing(scope, collectionId) {
      const ip = addressBlock(clientIp(c, scope.catalog.settings))
      if (counters.hit(`probe:${collectionId} ${ip}`, probing, scope.now) === undefined) return
      const [random = 0] = crypto.getRandomValues(new Uint32Array(1))
      await new Promise((resolve) => setTimeout(resolve, random % maxDelayMilliseconds))
    },
  }
}

/** A refused attempt does nothing but count, and is refused then. */
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
  /** What is counted together. */
  readonly key: string
}

/** Whether a request is under no limit at all: superusers and excluded addresses are not. */
function isExempt({ catalog: { settings }, caller }: RateScope, ip: string): boolean {
  const { enabled, excludedIPs } = settings.rateLimits
  return !enabled || caller?.isSuperuser === true || isInRanges(ip, excludedIPs)
}

/** The limit a request is under by its rule. */
function applicableLimit(
  scope: RateScope,
  ip: string,
  { method, path }: { readonly method: string; readonly path: string },
  target: RateTarget | undefined,
): Limit | undefined {
  if (isExempt(scope, ip)) return undefined

  const { rules } = scope.catalog.settings.rateLimits
  const audience = scope.caller === undefined ? '@guest' : '@auth'
  const rule =
    findRateLimit(rules, tagLabels(target), audience) ??
    guestRule(target, audience) ??
    findRateLimit(rules, [`${method} ${path}`, path], audience)
  if (rule === undefined) return undefined
  const counted =
    target === undefined ? rule.label : `${target.collection.id}:${target.tags.join('+')}`
  // Saved settings begin all counts anew; so do changed definitions, which are as rare.
  const { revision } = scope.catalog
  return { rule, key: `${revision} ${counted} ${rule.audience} ${addressBlock(ip)}` }
}

function guestRule(
  target: RateTarget | undefined,
  audience: '@guest' | '@auth',
): RateLimitRule | undefined {
  if (target?.guestLimit === undefined || audience !== '@guest') return undefined
  return { ...target.guestLimit, label: '', audience }
}

function tagLabels(target: RateTarget | undefined): string[] {
  if (target === undefined) return []
  const { collection, tags } = target
  return [...tags.map((tag) => `${collection.name}:${tag}`), ...tags.map((tag) => `*:${tag}`)]
}

/** The rule for the first label that has one: an equal label, else one ending in `/` that begins it. */
export function findRateLimit(
  rules: readonly RateLimitRule[],
  labels: readonly string[],
  audience: '@guest' | '@auth',
): RateLimitRule | undefined {
  const candidates = rules.filter((rule) => rule.audience === '' || rule.audience === audience)
  const prefixes = candidates.filter((rule) => rule.label.endsWith('/'))
  for (const label of labels) {
    const rule =
      candidates.find((candidate) => candidate.label === label) ??
      prefixes.find((candidate) => `${label}/`.startsWith(candidate.label))
    if (rule !== undefined) return rule
  }
  return undefined
}

/** The statements that count an attempt of a client, and undo the batch of one too many. */
function clientCounters({ rule, key }: Limit, now: Date): SQL[] {
  return [
    countAttempt(key, rule.duration, now),
    refuseUntil('client', limitExceededUntil(key, rule.maxRequests)),
  ]
}

/** The statements that refuse an attempt at an account before its time, and count it. */
async function accountCounters(attempt: AccountAttempt, now: Date): Promise<SQL[]> {
  const limit = await accountLimit(attempt, now)
  return [refuseUntil('account', limitedUntil(limit, now)), ...countFailure(limit, now)]
}

/** Why a batch was undone: the limit that was reached, and how long it holds. */
interface Refusal {
  readonly by: 'client' | 'account'
  readonly until: Date
}

/** Undoes the batch if there is a moment, in Unix seconds, before which nobody is let in. */
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
