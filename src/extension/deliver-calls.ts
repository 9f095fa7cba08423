/*
 * Durable hooks and tasks. Their rows are deliveries, as for webhooks, and their endpoint is a function
 * of the application.
 */
import type { Catalog } from '#catalog/catalog.ts'
import { runBatch, type Row } from '#database/batch.ts'
import { one } from '#database/query.ts'
import { unixSeconds } from '#kernel/dates.ts'
import type { DeploymentServices } from '#request-services.ts'
import {
  type CallClaim,
  claimCalls,
  noteCall,
  noteUnreadable,
  readCallClaim,
} from '#webhooks/claims.ts'
import { callDelaySeconds } from '#webhooks/schedule.ts'
import type { AreteCore } from './arete.ts'
import { type CoreParts, createCore } from './core.ts'
import { logHook } from './log-hook.ts'
import { within } from './time-limit.ts'

/**
 * A function of the application. Reads what a claim is about, and returns the call. If it throws, no
 * later attempt could read more, so the delivery is given up.
 */
export type CallableFunction = (
  claim: CallClaim,
  catalog: Catalog,
) => Promise<(arete: AreteCore, signal: AbortSignal) => Promise<void>>

/** The functions of an application by endpoint, and the parts that they reach. */
export interface Callable {
  readonly functions: ReadonlyMap<string, CallableFunction>
  readonly parts: CoreParts
}

/** Less than the lifetime of a claim, so that a call that hangs is noted before the next one. */
const callMilliseconds = 60_000

/** Calls due functions until none is due or the time is over; 0 for one round. */
export async function deliverCalls(
  callable: Callable,
  services: DeploymentServices,
  milliseconds: number,
): Promise<void> {
  const endpoints = [...callable.functions.keys()]
  const deadline = Date.now() + milliseconds
  do {
    const { rows, catalog } = await services.transactor.write((context) =>
      one(claimCalls(endpoints, unixSeconds(context.now)), (claimed) => ({
        rows: claimed,
        catalog: context.catalog,
      })),
    )
    await Promise.all(rows.map((row) => deliver(callable, services, catalog, row)))
    if (rows.length === 0) return
  } while (Date.now() < deadline)
}

/** A failure while noting is left to the next claim. */
async function deliver(
  { functions, parts }: Callable,
  services: DeploymentServices,
  catalog: Catalog,
  row: Row,
): Promise<void> {
  try {
    const claim = readCallClaim(row)
    const read = functions.get(claim.endpoint)
    if (read === undefined) return
    const arete = createCore(parts, () => services.at(claim.depth))
    await attempt(read, arete, services, catalog, claim)
  } catch (error) {
    logHook('delivery', error)
  }
}

async function attempt(
  read: CallableFunction,
  arete: AreteCore,
  { db }: DeploymentServices,
  catalog: Catalog,
  claim: CallClaim,
): Promise<void> {
  let call: Awaited<ReturnType<CallableFunction>>
  try {
    call = await read(claim, catalog)
  } catch (error) {
    logHook(claim.endpoint, error)
    const reason = error instanceof Error ? error.message : ''
    const now = unixSeconds(new Date())
    await runBatch(db, noteUnreadable(claim, `unreadable: ${reason.slice(0, 200)}`, now))
    return
  }
  const started = performance.now()
  const error = await failureOf(claim.endpoint, async (signal) => await call(arete, signal))
  const outcome = { status: undefined, error, answer: '', tookMs: performance.now() - started }
  const now = unixSeconds(new Date())
  const delay = callDelaySeconds(claim.round)
  await runBatch(db, [noteCall(claim, outcome, now, delay === undefined ? undefined : now + delay)])
}

/** The reason of a failure; empty after a success. */
async function failureOf(
  endpoint: string,
  call: (signal: AbortSignal) => Promise<void>,
): Promise<string> {
  const controller = new AbortController()
  try {
    await within(callMilliseconds, call(controller.signal))
    return ''
  } catch (error) {
    controller.abort(error)
    logHook(endpoint, error)
    return (error instanceof Error ? error.message.slice(0, 200) : '') || 'failed'
  }
}
