/*
 * Durable hooks and tasks. Their rows are deliveries, as for webhooks, and their endpoint is a function
 * of the application.
 */
import type { Catalog } from '#catalog/catalog.ts'
import { runBatch, type Row } from '#database/batch.ts'
import { one } from '#database/query.ts'
import { unixSeconds } from '#kernel/dates.ts'
import { storedRecordJson } from '#records/stored-record.ts'
import type { DeploymentServices } from '#request-services.ts'
import {
  type Claim,
  claimCalls,
  depthOf,
  giveUpUnknownCalls,
  noteCall,
  noteUnreadable,
  readClaims,
  readEvent,
  removeOldCalls,
} from '#webhooks/claims.ts'
import { rowOf } from '#webhooks/delivery-body.ts'
import { callDelaySeconds } from '#webhooks/schedule.ts'
import type { AreteCore } from './arete.ts'
import { createCore } from './core.ts'
import type { AfterEvent, AfterHook } from './hooks.ts'
import { logHook } from './log-hook.ts'
import type { AreteRecord } from './records.ts'
import { within } from './time-limit.ts'
import { changedFields } from './run-after-hooks.ts'

/** The functions of an application that deliveries call, by endpoint. */
export type Callable = ReadonlyMap<string, AfterHook>

/** Less than the lifetime of a claim, so that a call that hangs is noted before the next one. */
const callMilliseconds = 60_000

/** Calls due functions until none is due or the time is over; 0 for one round. */
export async function deliverCalls(
  callable: Callable,
  services: DeploymentServices,
  milliseconds: number,
): Promise<void> {
  const endpoints = [...callable.keys()]
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

/** Gives up what no function takes any more, and removes what was kept long enough. Database: 1 batch. */
export async function tidyCalls(
  callable: Callable,
  { db }: DeploymentServices,
  now: Date,
): Promise<void> {
  const seconds = unixSeconds(now)
  await runBatch(db, [giveUpUnknownCalls([...callable.keys()], seconds), removeOldCalls(seconds)])
}

/** A failure while noting is left to the next claim. */
async function deliver(
  callable: Callable,
  services: DeploymentServices,
  catalog: Catalog,
  row: Row,
): Promise<void> {
  try {
    const [claim] = readClaims([row])
    const run = claim && callable.get(claim.endpoint)
    if (claim !== undefined && run !== undefined) {
      await attempt(run, coreAt(services, depthOf(row)), services, catalog, claim)
    }
  } catch (error) {
    logHook('delivery', error)
  }
}

/** The writes of a hook are deeper than the write that it follows. */
function coreAt(services: DeploymentServices, depth: number): AreteCore {
  let inner = services.deeper()
  for (let at = 0; at < depth; at++) inner = inner.deeper()
  return createCore(() => inner)
}

async function attempt(
  run: AfterHook,
  arete: AreteCore,
  { db }: DeploymentServices,
  catalog: Catalog,
  claim: Claim,
): Promise<void> {
  let event: AfterEvent
  try {
    event = eventOf(catalog, claim)
  } catch (error) {
    logHook(claim.endpoint, error)
    const reason = error instanceof Error ? error.message : ''
    const now = unixSeconds(new Date())
    await runBatch(db, noteUnreadable(claim, `unreadable: ${reason.slice(0, 200)}`, now))
    return
  }
  const started = performance.now()
  const error = await failureOf(claim.endpoint, async () => await run(event, arete))
  const outcome = { status: undefined, error, answer: '', tookMs: performance.now() - started }
  const now = unixSeconds(new Date())
  const delay = callDelaySeconds(claim.round)
  await runBatch(db, [noteCall(claim, outcome, now, delay === undefined ? undefined : now + delay)])
}

/** The reason of a failure; empty after a success. */
async function failureOf(endpoint: string, call: () => Promise<void>): Promise<string> {
  try {
    await within(callMilliseconds, call())
    return ''
  } catch (error) {
    logHook(endpoint, error)
    return (error instanceof Error ? error.message.slice(0, 200) : '') || 'failed'
  }
}

const actions: Readonly<Record<string, AfterEvent['action']>> = {
  created: 'create',
  updated: 'update',
  deleted: 'delete',
}

function eventOf({ collections }: Catalog, claim: Claim): AfterEvent {
  const event = readEvent(claim.event)
  const collection = collections.find(event.collectionRef)
  if (collection === undefined) throw new Error('The collection does not exist any more.')
  const [record, previous] = [event.record, event.previous].map((stored) => {
    const row = rowOf(collection, event, stored)
    return row && (storedRecordJson(collection, row) as AreteRecord)
  })
  const { id: collectionId, name: collectionName } = collection
  return {
    id: claim.id,
    action: actions[event.type] ?? 'update',
    collection: collection.name,
    record: record ?? { id: event.recordRef, collectionId, collectionName },
    previous,
    changed: record && previous ? changedFields(collection, previous, record) : [],
    caller: (JSON.parse(event.actor ?? 'null') ?? undefined) as AfterEvent['caller'],
  }
}
