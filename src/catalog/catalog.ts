import type { Settings } from '#settings/settings.ts'
import type { CollectionSet } from './collection.ts'
import type { Subscriber } from './subscribers.ts'

/** Compiled collections, settings and subscribers of one revision. Immutable. */
export interface Catalog {
  readonly revision: number
  readonly collections: CollectionSet
  readonly settings: Settings
  /** The subscribers to changes of records, by the id of their collection. */
  readonly subscribers: ReadonlyMap<string, readonly Subscriber[]>
}
