import { type SQL, sql } from 'drizzle-orm'
import { type Row, runBatch } from '#database/batch.ts'
import { readNumber } from '#database/read-number.ts'
import type { Database } from '#platform/bindings.ts'
import { decodeSettings } from '#settings/decode.ts'
import type { Catalog } from './catalog.ts'
import { compileCollections } from '#catalog/compile/compile.ts'
import { decodeStored } from './stored-definition.ts'

/** The catalog of an isolate: loaded once, kept until a batch answers another revision. */
export interface CatalogCache {
  /**
   * The catalog at hand, or a fresh one. Database: 1 batch when none is at hand.
   *
   * @throws {ApiError} `unavailable` while the database has no revision
   */
  current(db: Database): Promise<Catalog>
  /** Drops a catalog that proved old; a newer one that came meanwhile is kept. */
  forget(catalog: Catalog): void
  /** Takes what the catalog queries answered, if it is newer than the catalog they were asked with. */
  renew(catalog: Catalog, answers: readonly (readonly Row[])[]): 'current' | 'renewed'
}

/** No catalog has this revision: everything is newer. */
const noRevision = 0

/**
 * The statements that ask for whatever is newer than a revision. They are part of every batch that
 * reads; while nothing has changed they read one row.
 */
export function catalogQueries(revision: number): SQL[] {
  return [
    sql`SELECT "revision", CASE WHEN "revision" <> ${revision} THEN (SELECT "value" FROM "_params" WHERE "id" = 'settings') END AS "settings" FROM "_catalog_revision"`,
    sql`SELECT "c".* FROM "_catalog_revision" CROSS JOIN "_collections" AS "c" WHERE "revision" <> ${revision} ORDER BY "c"."_rowid_"`,
  ]
}

/**
 * An empty cache. It belongs to an app, never to a request; what a request is still waiting for is
 * not shared, as it would be lost with that request.
 */
export function createCatalogCache(): CatalogCache {
  let loaded: Catalog | undefined
  return {
    async current(db) {
      loaded ??= compileCatalog(await runBatch(db, catalogQueries(noRevision)))
      return loaded
    },
    forget(catalog) {
      if (loaded === catalog) loaded = undefined
    },
    renew(catalog, answers) {
      const revision = readNumber(answers[0]?.[0], 'revision')
      if (revision === catalog.revision) return 'current'
      // Another request may have loaded a newer one; the one that was asked with is old in any case.
      const isOld = loaded === undefined || loaded === catalog || loaded.revision < revision
      if (isOld) loaded = compileCatalog(answers)
      return 'renewed'
    },
  }
}

function compileCatalog([revisions, definitions]: readonly (readonly Row[])[]): Catalog {
  const settings = revisions?.[0]?.['settings']
  return {
    revision: readNumber(revisions?.[0], 'revision'),
    collections: compileCollections((definitions ?? []).map(decodeStored)),
    settings: decodeSettings(typeof settings === 'string' ? settings : null),
  }
}
