/*
 * A deployment as a source. It may be in use: each page of rows is a consistent read, and reading
 * fails if the definitions change between the first and the last page.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Catalog } from '#catalog/catalog.ts'
import { abortUnless, batchFailure } from '#database/abort.ts'
import { runBatch } from '#database/batch.ts'
import { catalogRevisionTable } from '#database/schema.ts'
import { originalNameOf } from '#files/object-metadata.ts'
import type { Bucket, Database } from '#platform/bindings.ts'
import { md5Of } from './checksum.ts'
import { type Seeds, withOpenSeeds } from './factor-tables.ts'
import { LoadError } from './load-error.ts'
import { filesNamedIn, type NamedFile } from './named-files.ts'
import { assertCollectionIds } from './safe-names.ts'
import { rowsOf, type Source, type SourceFile } from './source.ts'
import { readRows } from './stored-rows.ts'

const changed = 'arete:definitions-changed'

/**
 * Reads the content of a deployment. Files that are missing or have unsafe names are reported and
 * left out.
 *
 * @param seeds opens the seeds of second factors, which are left out without it
 * @throws {LoadError} If a collection has an invalid id.
 */
export function deploymentSource(
  {
    db,
    bucket,
    catalog,
    seeds,
  }: {
    readonly db: Database
    readonly bucket: Bucket
    readonly catalog: Catalog
    readonly seeds?: Seeds
  },
  onMissing: (file: NamedFile) => void,
): Source {
  const definitions = catalog.collections.all.map(({ definition }) => definition)
  assertCollectionIds(definitions)
  const isSame = sql`(SELECT "revision" FROM ${catalogRevisionTable}) = ${catalog.revision}`
  const send = async (statements: readonly SQL[]) =>
    (await runBatch(db, [abortUnless(isSame, changed), ...statements])).slice(1)
  const rows: Source['rows'] = async (definition, after, limit) => {
    try {
      return await readRows(send, definition, definition.name, { after, limit })
    } catch (error) {
      const failure = batchFailure(error)
      if (failure?.kind !== 'aborted' || failure.message !== changed) throw error
      throw new LoadError('The definitions changed while they were read. Try again.', {
        cause: error,
      })
    }
  }
  return {
    definitions,
    settings: catalog.settings,
    hasFactors: seeds !== undefined,
    hasHistory: true,
    rows: seeds === undefined ? rows : withOpenSeeds(rows, seeds),
    async *files() {
      for (const definition of definitions) {
        const namedIn = filesNamedIn(definition)
        if (namedIn === undefined) continue
        for await (const row of rowsOf({ rows }, definition)) {
          for (const named of namedIn(row)) {
            const file = named.isSafe ? await findFile(bucket, named.key) : undefined
            if (file !== undefined) yield file
            else onMissing(named)
          }
        }
      }
    },
  }
}

/** Finds a file in the bucket of a deployment; undefined if it does not exist. */
export async function findFile(bucket: Bucket, key: string): Promise<SourceFile | undefined> {
  const found = await bucket.head(key)
  if (found === null) return undefined
  return {
    key,
    sizeBytes: found.size,
    contentType: found.httpMetadata?.contentType,
    originalName: originalNameOf(found),
    async *read() {
      const object = await bucket.get(key)
      if (object === null) throw new LoadError(`The file ${key} is gone.`)
      yield* object.body
    },
    md5: () => Promise.resolve(md5Of(found)),
  }
}
