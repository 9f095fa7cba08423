import type { SQL } from 'drizzle-orm'
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
  /**
   * The statements that query anything newer. They are part of every batch that reads. If nothing has changed they
   * read one row.
   */
  readonly newerQueries: readonly SQL[]
}
