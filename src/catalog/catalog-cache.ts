import { type SQL, sql } from 'drizzle-orm'
import { rendered } from '#database/statement.ts'
import { fixed } from '#database/value.ts'
import { type Row, runBatch } from '#database/batch.ts'
import { readNumber } from '#database/read-number.ts'
import { catalogRevisionTable, collectionsTable, paramsTable } from '#database/schema.ts'
import type { Database } from '#platform/bindings.ts'
import type { EnrichOf } from '#platform/enrich.ts'
import { decodeSettings } from '#settings/decode.ts'
import type { Catalog } from './catalog.ts'
import { compileCollections } from '#catalog/compile/compile.ts'
import { decodeStored } from './stored-definition.ts'
import { decodeSubscribers, selectSubscribers } from './subscribers.ts'

/** The catalog of an isolate: loaded once, and kept until a batch returns another revision. */
export interface CatalogCache {
  /**
   * The cached catalog, or a new one. Database: 1 batch if none is cached.
   *
   * @throws {ApiError} `unavailable` while the database has no revision
   */
  current(db: Database): Promise<Catalog>
  /** Drops an outdated catalog. A newer one that was loaded meanwhile is kept. */
  forget(catalog: Catalog): void
  /**
   * Reads the results of a catalog's `newerQueries`, if they are newer than the catalog that the queries
   * were made with.
   */
  renew(catalog: Catalog, answers: readonly (readonly Row[])[]): 'current' | 'renewed'
}

/** Lower than every revision. */
const noRevision = 0

/** Rendered, since nearly every request sends them. */
function queriesNewerThan(known: number): readonly SQL[] {
  const { sql: revision } = fixed(known)
  return [
    sql`SELECT "revision", CASE WHEN "revision" <> ${revision} THEN (SELECT "value" FROM ${paramsTable} WHERE "id" = 'settings') END AS "settings",
      CASE WHEN "revision" <> ${revision} THEN ${selectSubscribers} END AS "subscribers" FROM ${catalogRevisionTable}`,
    sql`SELECT "c".* FROM ${catalogRevisionTable} CROSS JOIN ${collectionsTable} AS "c" WHERE "revision" <> ${revision} ORDER BY "c"."_rowid_"`,
  ].map(rendered)
}

/**
 * Creates an empty cache. It belongs to an app, never to a request. A pending load is not shared,
 * because it would be lost with its request.
 *
 * @param enrichOf the hooks of an application
 */
export function createCatalogCache(enrichOf?: EnrichOf): CatalogCache {
  const compileCatalog = (rows: CatalogRows): Catalog => compile(rows, enrichOf)
  let loaded: Catalog | undefined
  return {
    async current(db) {
      loaded ??= compileCatalog(await runBatch(db, queriesNewerThan(noRevision)))
      return loaded
    },
    forget(catalog) {
      if (loaded === catalog) loaded = undefined
    },
    renew(catalog, answers) {
      const revision = readNumber(answers[0]?.[0], 'revision')
      if (revision === catalog.revision) return 'current'
      // Another request may have loaded a newer one. The one of the query is outdated in any case.
      const isOld = loaded === undefined || loaded === catalog || loaded.revision < revision
      if (isOld) loaded = compileCatalog(answers)
      return 'renewed'
    },
  }
}

type CatalogRows = readonly (readonly Row[])[]

function compile([revisions, definitions]: CatalogRows, enrichOf: EnrichOf | undefined): Catalog {
  const settings = revisions?.[0]?.['settings']
  const revision = readNumber(revisions?.[0], 'revision')
  return {
    revision,
    collections: compileCollections((definitions ?? []).map(decodeStored), enrichOf),
    settings: decodeSettings(typeof settings === 'string' ? settings : null),
    subscribers: decodeSubscribers(revisions?.[0]?.['subscribers']),
    newerQueries: queriesNewerThan(revision),
  }
}
