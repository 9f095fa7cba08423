import { sql } from 'drizzle-orm'
import { runBatch } from '#database/batch.ts'
import type { Database } from '#platform/bindings.ts'
import { decodeSettings } from '#settings/decode.ts'
import type { Catalog } from './catalog.ts'
import { compileCollections } from './compile/compile.ts'
import { decodeStored } from './stored-definition.ts'

/** The catalog of an isolate: loaded once, kept until a batch answers another revision. */
export interface CatalogCache {
  /** The catalog at hand, or a fresh one. Database: 1 batch when none is at hand. */
  current(db: Database): Promise<Catalog>
  /** Drops a catalog that proved old; a newer one that came meanwhile is kept. */
  forget(catalog: Catalog): void
}

/** An empty cache. It belongs to an app, never to a request; concurrent first requests share one load. */
export function createCatalogCache(): CatalogCache {
  let loading: Promise<Catalog> | undefined
  let loaded: Catalog | undefined
  return {
    async current(db) {
      if (loaded !== undefined) return loaded
      const load = loading ?? loadCatalog(db)
      loading = load
      try {
        const catalog = await load
        if (loading === load) loaded = catalog
        return catalog
      } finally {
        if (loading === load) loading = undefined
      }
    },
    forget(catalog) {
      if (loaded === catalog) loaded = undefined
    },
  }
}

/** Reads and compiles all definitions and the settings of the current revision. Database: 1 batch. */
async function loadCatalog(db: Database): Promise<Catalog> {
  const [revisions, definitions, settings] = await runBatch(db, [
    sql`SELECT "revision" FROM "_catalog_revision"`,
    sql`SELECT * FROM "_collections" ORDER BY "_rowid_"`,
    sql`SELECT "value" FROM "_params" WHERE "id" = 'settings'`,
  ])
  const value = settings?.[0]?.['value']
  return {
    revision: Number(revisions?.[0]?.['revision']),
    collections: compileCollections((definitions ?? []).map(decodeStored)),
    settings: decodeSettings(typeof value === 'string' ? value : null),
  }
}
