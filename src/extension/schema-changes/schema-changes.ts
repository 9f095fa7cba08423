import type { Catalog } from '#catalog/catalog.ts'
import type { Collection } from '#catalog/collection.ts'
import type { AreteCore } from '#extension/arete.ts'
import type { HookRegistry } from '#extension/hook-registry.ts'
import { runInOrder } from '#extension/run-in-order.ts'

/** A change of a collection that has been committed. */
export interface SchemaChangeEvent {
  readonly action: 'create' | 'update' | 'delete'
  /** The name of the collection, after the change. */
  readonly collection: string
  /** The id of the collection. */
  readonly id: string
  /** The name of the collection before the change; undefined for a new one. */
  readonly previousName: string | undefined
}

/**
 * Runs the hooks after a change of the schema, for each collection that differs. A failure is logged.
 */
export async function runSchemaHooks(
  registry: HookRegistry,
  arete: AreteCore,
  before: Catalog,
  now: Catalog,
): Promise<void> {
  for (const { event, collection } of changesBetween(before, now)) {
    for (const { name, run } of registry.find('onSchemaChange', collection)) {
      await runInOrder([{ name, run: (e: SchemaChangeEvent) => run(e, arete) }], event)
    }
  }
}

interface Change {
  readonly event: SchemaChangeEvent
  readonly collection: Collection
}

function changesBetween(before: Catalog, now: Catalog): Change[] {
  const former = new Map(before.collections.all.map((one) => [one.id, one]))
  const present = new Map(now.collections.all.map((one) => [one.id, one]))
  return [
    ...[...present.values()].flatMap((collection) => {
      const known = former.get(collection.id)
      if (known === undefined) return [changeOf('create', collection, undefined)]
      const isSame = JSON.stringify(known.definition) === JSON.stringify(collection.definition)
      return isSame ? [] : [changeOf('update', collection, known.name)]
    }),
    ...[...former.values()]
      .filter(({ id }) => !present.has(id))
      .map((collection) => changeOf('delete', collection, collection.name)),
  ]
}

function changeOf(
  action: SchemaChangeEvent['action'],
  collection: Collection,
  previousName: string | undefined,
): Change {
  const { id, name } = collection
  return { event: { action, collection: name, id, previousName }, collection }
}
