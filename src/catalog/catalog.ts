import type { Settings } from '#settings/settings.ts'
import type { CollectionSet } from './collection.ts'

/** Compiled collections and settings of one revision. Immutable. */
export interface Catalog {
  readonly revision: number
  readonly collections: CollectionSet
  readonly settings: Settings
}
