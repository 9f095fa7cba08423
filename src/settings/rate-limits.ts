/*
 * How often a client may call. A request has labels, from the most to the least exact; the first
 * rule that one of them finds is the only one that counts. Attempts to sign in are counted in the
 * database, so that the limit holds across the world; everything else in the isolate's memory,
 * which is cheap and keeps a single client from taking all of an isolate's time.
 */
import type { Context, MiddlewareHandler } from 'hono'
import type { SQL } from 'drizzle-orm'
import type { Row } from '#database/batch.ts'
import { countAttempt, removeExpiredAttempts } from '#database/attempts.ts'
import type { AppEnv } from '#http/app-env.ts'
import type { Caller } from '#http/caller.ts'
import { clientIp } from '#http/client-ip.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { addressBlock, isInRanges } from '#kernel/ip-address.ts'
import type { MemoryCounters } from './memory-counters.ts'
import type { RateLimitRule, Settings } from './settings.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** Holds the request to the rate limits. */
    rateLimiter: RateLimiter
  }
}

/** The part of a request's scope that decides its limits. */
export interface RateScope {
  readonly catalog: { readonly settings: Settings }
  readonly caller: Caller | undefined
  readonly now: Date
}

/** What a request to a collection counts as; other requests count by their path alone. */
export interface RateTarget {
  readonly collection: { readonly id: string; readonly name: string }
  /** `list`, `create`, ...; in PocketBase's words and order. */
  readonly tags: readonly string[]
}

/** A plan that only reads. */
interface ReadPlan<T> {
  readonly statements: readonly SQL[]
  answer(rows: readonly (readonly Row[])[]): T | Promise<T>
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
   * A plan that also counts an attempt exactly, and refuses with `too_many_requests` instead of
   * answering once there were too many. Stops guessing from many places of the network at once.
   */
  attempt<T>(scope: RateScope, target: RateTarget, plan: ReadPlan<T>): ReadPlan<T>
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
export function limitRates(counters: MemoryCounters): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    c.set('rateLimiter', createRateLimiter(c, counters))
    await next()
  }
}

function createRateLimiter(c: Context<AppEnv>, counters: MemoryCounters): RateLimiter {
  function limitOf(scope: RateScope, target?: RateTarget): Limit | undefined {
    return applicableLimit(scope, clientIp(c, scope.catalog.settings), c.req, target)
  }

  return {
    count(scope, target) {
      const limit = limitOf(scope, target)
      if (limit === undefined) return
      const waitSeconds = counters.hit(limit.key, limit.rule, scope.now)
      if (waitSeconds !== undefined) throw tooMany(waitSeconds)
    },
    attempt(scope, target, plan) {
      const limit = limitOf(scope, target)
      return limit === undefined ? plan : counting(plan, limit, scope.now)
    },
    async delayProbing(scope, collectionId) {
      const ip = addressBlock(clientIp(c, scope.catalog.settings))
      if (counters.hit(`probe:${collectionId} ${ip}`, probing, scope.now) === undefined) return
      const [random = 0] = crypto.getRandomValues(new Uint32Array(1))
      await new Promise((resolve) => setTimeout(resolve, random % maxDelayMilliseconds))
    },
  }
}

interface Limit {
  readonly rule: RateLimitRule
  /** What is counted together. */
  readonly key: string
}

/** The limit a request is under; superusers and excluded addresses are under none. */
function applicableLimit(
  { catalog: { settings }, caller }: RateScope,
  ip: string,
  { method, path }: { readonly method: string; readonly path: string },
  target: RateTarget | undefined,
): Limit | undefined {
  const { enabled, excludedIPs, rules } = settings.rateLimits
  if (!enabled || caller?.isSuperuser === true || isInRanges(ip, excludedIPs)) return undefined

  const labels = [...tagLabels(target), `${method} ${path}`, path]
  const rule = findRateLimit(rules, labels, caller === undefined ? '@guest' : '@auth')
  if (rule === undefined) return undefined
  const counted =
    target === undefined ? rule.label : `${target.collection.id}:${target.tags.join('+')}`
  return { rule, key: `${counted} ${rule.audience} ${addressBlock(ip)}` }
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

function counting<T>(plan: ReadPlan<T>, { rule, key }: Limit, now: Date): ReadPlan<T> {
  const counters = [removeExpiredAttempts(now), countAttempt(key, rule.duration, now)]
  return {
    statements: [...counters, ...plan.statements],
    answer: (rows) => {
      const attempts = rows[1]?.[0]
      const waitSeconds = Number(attempts?.['expires']) - now.getTime() / 1000
      if (Number(attempts?.['hits']) > rule.maxRequests) throw tooMany(waitSeconds)
      return plan.answer(rows.slice(counters.length))
    },
  }
}

function tooMany(waitSeconds: number): ApiError {
  return new ApiError(commonErrors.tooManyRequests, {
    retryAfterSeconds: Math.max(1, Math.ceil(waitSeconds)),
  })
}
