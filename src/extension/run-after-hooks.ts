import type { Collection } from '#catalog/collection.ts'
import type { CommittedChange } from '#catalog/plan-context.ts'
import { publicFields } from '#catalog/record-events.ts'
import { newId } from '#kernel/random.ts'
import { storedRecordJson } from '#records/stored-record.ts'
import type { AreteCore } from './arete.ts'
import type { NamedHook } from './hook-registry.ts'
import type { AfterEvent, AfterHook } from './hooks.ts'
import { logHook } from './log-hook.ts'
import type { AreteRecord } from './records.ts'

/** Runs the hooks after a change, one after another. A failure is logged. */
export async function runAfterHooks(
  hooks: readonly NamedHook<AfterHook>[],
  arete: AreteCore,
  change: CommittedChange,
): Promise<void> {
  let event: AfterEvent | undefined
  for (const { name, run } of hooks) {
    try {
      event ??= await eventOf(arete, change)
      await run(event, arete)
    } catch (error) {
      logHook(name, error)
    }
  }
}

const actions = { created: 'create', updated: 'update', deleted: 'delete' } as const

/** Database: 1 batch for a record that has lost a reference, otherwise none. */
async function eventOf(arete: AreteCore, change: CommittedChange): Promise<AfterEvent> {
  const { type, collection, id, caller } = change
  const [record, previous] = [change.record, change.previous].map(
    (row) => row && (storedRecordJson(collection, row) as AreteRecord),
  )
  const present = record ?? (await arete.records(collection.id).get(id))
  return {
    id: newId(),
    action: actions[type],
    collection: collection.name,
    record: present,
    previous,
    changed: previous === undefined ? [] : changedFields(collection, previous, present),
    caller: caller && { id: caller.recordId, collection: caller.collectionName },
  }
}

/** The names of the fields whose values differ. */
export function changedFields(
  collection: Collection,
  before: AreteRecord,
  after: AreteRecord,
): string[] {
  return publicFields(collection)
    .map(({ name }) => name)
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
}
