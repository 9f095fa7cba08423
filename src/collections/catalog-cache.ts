import type { Database } from '#platform/bindings.ts'
import type { Catalog } from './catalog.ts'

/** The catalog of an isolate: loaded once, kept until a batch answers another revision. */
export interface CatalogCache {
  /** The catalog at hand, or a fresh one. Database: 1 batch when none is at hand. */
  current(db: Database): Promise<Catalog>
  /** Drops a catalog that proved old; a newer one that came meanwhile is kept. */
  forget(catalog: Catalog): void
}
