/*
 * One request, one round trip. A request is planned with the cached catalog and the unconfirmed
 * caller. Its statements are sent in one batch with two checks: that the catalog is current, and
 * that the caller's session is valid. If one fails, the plan is discarded and the request is
 * planned again with the current state. A write uses guards for the checks, so that it cannot
 * commit under an old rule or for an ended session.
 */
import { type SQL, sql } from 'drizzle-orm'
import { abortUnless, batchFailure, isTooLarge } from '#database/abort.ts'
import { type Row, runBatch } from '#database/batch.ts'
import { all, constant, map, list, type Plan, rowsOf, runQuery } from '#database/query.ts'
import type { PlanInput } from '#database/plan-input.ts'
import { catalogRevisionTable, sessionOverridesTable } from '#database/schema.ts'
import type { Caller, SessionClaim } from '#http/caller.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import type { Database } from '#platform/bindings.ts'
import type { CatalogCache } from './catalog-cache.ts'
import type { Catalog } from './catalog.ts'
import type { PlanContext, PlanHooks, Planner, WriteFollower } from './plan-context.ts'

declare module '#http/app-env.ts' {
  interface RequestServices {
    /** Runs the request's plans for the caller. */
    readonly transactor: Transactor
    /** The context of the request's last plan; undefined if it planned nothing. */
    readonly lastScope: PlanContext | undefined
  }
}

/** Runs plans for one request. */
export interface Transactor {
  /**
   * Runs a plan that only reads. The KV read of a signed-in caller runs in parallel with the batch.
   *
   * Database: 1 batch; 1 more after the catalog changed, and for a session that has ended.
   */
  read<T>(planner: Planner<T>): Promise<T>
  /**
   * Runs a plan that writes. The KV read of a signed-in caller comes first, because the guard needs
   * its result.
   *
   * Database: 1 batch; 2 more after another isolate changed the catalog, 1 more for a session that
   * has ended.
   */
  write<T>(planner: Planner<T>): Promise<T>
  /**
   * The context of the last plan: after the response, its caller and settings. Undefined if the
   * request planned nothing.
   */
  lastScope(): PlanContext | undefined
}

/** Maximum attempts to plan a request. Definitions do not change faster than that. */
const maxAttempts = 10

/** Maximum times that a plan meets a change of what it was made with, before it fails. */
const maxConflicts = 40

const staleCatalog = 'arete:stale-catalog'
const endedSession = 'arete:ended-session'

/**
 * Resolves the caller under a catalog, whose secrets decide which tokens are valid; undefined for
 * guests. Called once per attempt, so that a token newer than the cached catalog is recognised.
 */
export type ResolveCaller = (catalog: Catalog) => Promise<Caller | undefined>

/** Dependencies of a transactor. */
interface Ports {
  readonly db: Database
  readonly cache: CatalogCache
  readonly resolveCaller: ResolveCaller
  /** Each starts to follow an attempt at a request. */
  readonly followers?: readonly (() => WriteFollower)[]
  /** Called after the commit of a write that has added deliveries of events. */
  readonly wakeDeliveries?: () => void
  /** The hooks of an application. */
  readonly hooks?: PlanHooks | undefined
}

/** A transactor for work of the deployment itself: without a caller, and without followers. */
export function createSystemTransactor(db: Database, cache: CatalogCache): Transactor {
  return createTransactor({ db, cache, resolveCaller: () => Promise.resolve(undefined) })
}

/** Creates the transactor of one request. */
export function createTransactor({
  db,
  cache,
  resolveCaller,
  followers = [],
  wakeDeliveries,
  hooks,
}: Ports): Transactor {
  /** Once the database has rejected the caller's claim, the request is a guest's. */
  let isDenied = false
  let lastScope: PlanContext | undefined

  function scopeOf(catalog: Catalog, caller: Caller | undefined): PlanContext {
    const following = followers.map((follow) => follow())
    lastScope = { catalog, caller, now: new Date(), followers: following, wakeDeliveries, hooks }
    return lastScope
  }

  async function callerUnder(catalog: Catalog): Promise<Caller | undefined> {
    return isDenied ? undefined : await resolveCaller(catalog)
  }

  /** Confirms the preconditions, then throws the planner's error. */
  async function planOrRefuse<T>(planner: Planner<T>, context: PlanContext): Promise<Plan<T>> {
    try {
      if (context.caller?.denial !== undefined) throw new ApiError(context.caller.denial)
      return await planner(context)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      return refusal(error)
    }
  }

  async function attemptRead<T>(
    planner: Planner<T>,
    met: Conflicts,
  ): Promise<{ answer: T } | undefined> {
    const catalog = await cache.current(db)
    const context = scopeOf(catalog, await callerUnder(catalog))
    return await runRead(context, await planOrRefuse(planner, context), met)
  }

  async function runRead<T>(
    context: PlanContext,
    plan: Plan<T>,
    met: Conflicts,
  ): Promise<{ answer: T } | undefined> {
    const { catalog, caller } = context
    const accountAt = catalog.newerQueries.length
    const account = callerQuery(context)
    const planAt = accountAt + account.length
    const statements = [...catalog.newerQueries, ...account, ...plan.statements]
    const outcome = await Promise.all([runBatch(db, statements), caller?.session()]).catch(
      (error: unknown) => explainFailure(error, plan, context, met),
    )
    if (outcome === undefined) return undefined

    const [rows, session] = outcome
    if (cache.renew(catalog, rows) === 'renewed') return undefined
    if (caller !== undefined && !isSessionValid(rows[accountAt]?.[0], session)) {
      isDenied = true
      return undefined
    }
    return { answer: await plan.read(rows.slice(planAt)) }
  }

  async function attemptWrite<T>(
    planner: Planner<T>,
    met: Conflicts,
  ): Promise<{ answer: T } | undefined> {
    const catalog = await cache.current(db)
    let caller = await callerUnder(catalog)
    const session = await caller?.session()
    if (caller !== undefined && session === undefined) {
      isDenied = true
      caller = undefined
    }
    const context = scopeOf(catalog, caller)
    const plan = await planOrRefuse(planner, context)
    if (plan.statements.length === 0) return await runRead(context, plan, met)

    const { changes } = plan
    const batch = all({
      guards: rowsOf([...revisionGuard(catalog), ...callerGuard(context, session)]),
      plan: rowsOf(plan.statements),
      closings: list(
        changes === undefined
          ? []
          : context.followers.map((follower) => follower.closing(changes.topics, context.now)),
      ),
    })
    const rows = await runQuery(db, batch).catch((error: unknown) =>
      explainFailure(error, plan, context, met),
    )
    if (rows === undefined) return undefined

    if (plan.changesCatalog === true) {
      cache.forget(catalog)
      hooks?.schemaChanged(catalog)
    }
    for (const committed of rows.closings) committed(() => changes?.events(rows.plan) ?? [])
    return { answer: await plan.read(rows.plan) }
  }

  /**
   * Handles a failed batch: throws the plan's error, or returns if the request must be planned
   * again. A missing table or column may have been dropped in a newer revision.
   */
  async function explainFailure<T>(
    error: unknown,
    plan: Plan<T>,
    { catalog, followers: following }: PlanContext,
    met: Conflicts,
  ): Promise<undefined> {
    if (error instanceof ApiError) throw error
    const failure = batchFailure(error)
    const message = failure?.kind === 'aborted' ? failure.message : undefined
    if (message === endedSession) {
      isDenied = true
      return undefined
    }
    if (message === staleCatalog || (failure === undefined && (await isStale(db, catalog)))) {
      cache.forget(catalog)
      return undefined
    }
    if (failure !== undefined && plan.isConflict?.(failure) === true) {
      await noteConflict(met, error)
      return undefined
    }
    const topics = plan.changes?.topics ?? []
    if (following.some((follower) => follower.failed(error, topics))) return undefined
    if (isTooLarge(error)) throw new ApiError(commonErrors.bodyTooLarge, { cause: error })
    throw await translated(error, plan)
  }

  /** Waits for a moment, so that writers of one record do not meet again. */
  async function noteConflict(met: Conflicts, cause: unknown): Promise<void> {
    met.count++
    if (met.count > maxConflicts) throw new ApiError(commonErrors.transactionConflict, { cause })
    const milliseconds = Math.random() * Math.min(met.count * 5, 50)
    await new Promise((resolve) => setTimeout(resolve, milliseconds))
  }

  async function retryWhileStale<T>(
    attempt: (met: Conflicts) => Promise<{ answer: T } | undefined>,
  ): Promise<T> {
    const met: Conflicts = { count: 0 }
    for (let attempts = 0; attempts < maxAttempts + met.count; attempts++) {
      const outcome = await attempt(met)
      if (outcome !== undefined) return outcome.answer
    }
    throw new ApiError(commonErrors.unavailable)
  }

  return {
    read: (planner) => retryWhileStale((met) => attemptRead(planner, met)),
    write: (planner) => retryWhileStale((met) => attemptWrite(planner, met)),
    lastScope: () => lastScope,
  }
}

/** The times that a request met a change of what its plan was made with. */
interface Conflicts {
  count: number
}

/** A plan that only fails the request. */
function refusal(error: ApiError): Plan<never> {
  return map(constant(undefined), () => {
    throw error
  })
}

async function translated<T>(error: unknown, plan: Plan<T>): Promise<unknown> {
  const failure = batchFailure(error)
  if (failure !== undefined && plan.errorFor !== undefined) return await plan.errorFor(failure)
  return (await plan.explain?.(error)) ?? error
}

const revisionQuery = sql`SELECT "revision" FROM ${catalogRevisionTable}`

async function isStale(db: Database, catalog: Catalog): Promise<boolean> {
  const [rows] = await runBatch(db, [revisionQuery])
  return rows?.[0]?.['revision'] !== catalog.revision
}

function revisionGuard({ collections, revision }: Catalog): readonly SQL[] {
  return collections.plans.statements(['revision guard'], revision, (input) => {
    const planned = input.open((known) => known)
    const current = sql`(SELECT "revision" FROM ${catalogRevisionTable}) = ${planned.sql}`
    return [abortUnless(current, staleCatalog)]
  })
}

/** The part of a caller that the database confirms. */
interface CallerClaim {
  readonly caller: Caller
  readonly tokenKey: string | null
}

/**
 * Selects the token key that the session of a collection's callers must have, as `tokenKey`; no row
 * if the session is invalid.
 */
function callerSelect(
  { collections }: Catalog,
  collectionId: string,
  input: PlanInput<CallerClaim>,
): SQL {
  const collection = collections.find(collectionId)
  if (collection?.auth === undefined)
    return sql`SELECT NULL AS "accountKey", NULL AS "overrideKey", NULL AS "override" WHERE 0`
  const account = sql.identifier(collection.name)
  const sessionId = input.open(({ caller }) => caller.sessionId)
  const recordId = input.open(({ caller }) => caller.recordId)
  return sql`SELECT a."tokenKey" AS "accountKey", o."tokenKey" AS "overrideKey", o."id" AS "override"
    FROM ${account} a LEFT JOIN ${sessionOverridesTable} o ON o."id" = ${sessionId.sql}
    WHERE a."id" = ${recordId.sql}`
}

function callerQuery({ catalog, caller }: PlanContext): readonly SQL[] {
  if (caller === undefined) return []
  const { collectionId } = caller
  const claim: CallerClaim = { caller, tokenKey: null }
  return catalog.collections.plans.statements(['caller', collectionId], claim, (input) => [
    callerSelect(catalog, collectionId, input),
  ])
}

/**
 * True if the account's row matches the session: its token key is the session's, or the one the
 * session moved to.
 */
function isSessionValid(row: Row | undefined, session: SessionClaim | undefined): boolean {
  if (row === undefined || session === undefined) return false
  const key = row['override'] === null ? session.tokenKey : row['overrideKey']
  return key !== null && row['accountKey'] === key
}

function callerGuard(
  { catalog, caller }: PlanContext,
  session: SessionClaim | undefined,
): readonly SQL[] {
  if (caller === undefined) return []
  const { collectionId } = caller
  const claim: CallerClaim = { caller, tokenKey: session?.tokenKey ?? null }
  return catalog.collections.plans.statements(['caller guard', collectionId], claim, (input) => {
    const select = callerSelect(catalog, collectionId, input)
    const tokenKey = input.open((claimed) => claimed.tokenKey)
    const stillStands = sql`EXISTS (SELECT 1 FROM (${select}) WHERE "accountKey" = CASE
      WHEN "override" IS NULL THEN ${tokenKey.sql} ELSE "overrideKey" END)`
    return [abortUnless(stillStands, endedSession)]
  })
}
