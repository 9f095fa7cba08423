import type { Catalog } from '#catalog/catalog.ts'
import { storedRecordJson } from '#records/stored-record.ts'
import { type CallClaim, readEvent } from '#webhooks/claims.ts'
import { rowOf } from '#webhooks/delivery-body.ts'
import type { CallableFunction } from './deliver-calls.ts'
import type { AfterEvent, AfterHook } from './hooks.ts'
import type { AreteRecord } from './records.ts'
import { changedFields } from './run-after-hooks.ts'

/** A durable hook as deliveries call it. */
export function hookCall(run: AfterHook): CallableFunction {
  return async (claim, catalog) => {
    const event = eventOf(catalog, claim)
    return await Promise.resolve(async (arete) => await run(event, arete))
  }
}

const actions: Readonly<Record<string, AfterEvent['action']>> = {
  created: 'create',
  updated: 'update',
  deleted: 'delete',
}

function eventOf({ collections }: Catalog, claim: CallClaim): AfterEvent {
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
