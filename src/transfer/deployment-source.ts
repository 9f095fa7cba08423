/*
 * A deployment as a source. It may be in use: a page of rows is one moment of it, and the definitions
 * are the same from the first page to the last, or the reading fails.
 */
import { sql } from 'drizzle-orm'
import type { Catalog } from '#collections/catalog.ts'
import { isView } from '#collections/derive-views.ts'
import { abortUnless, batchFailure } from '#database/abort.ts'
import { runBatch } from '#database/batch.ts'
import { compileField } from '#fields/registry.ts'
import { toTextList } from '#kernel/casts.ts'
import type { Bucket, Database } from '#platform/bindings.ts'
import { md5Of } from './checksum.ts'
import { LoadError } from './load-error.ts'
import { rowsOf, type Source, type SourceFile } from './source.ts'
import { decodeRows, selectRows } from './stored-rows.ts'

/** A file that a record names and that is not there. */
export interface MissingFile {
  readonly collection: string
  readonly record: string
  readonly name: string
}

const changed = 'arete:definitions-changed'

/** Reads what a deployment holds. Files that are missing are told, and left out. */
export function deploymentSource(
  { db, bucket, catalog }: { db: Database; bucket: Bucket; catalog: Catalog },
  onMissing: (file: MissingFile) => void,
): Source {
  const definitions = catalog.collections.all.map(({ definition }) => definition)
  const rows: Source['rows'] = async (definition, after, limit) => {
    const isSame = sql`(SELECT "revision" FROM "_catalog_revision") = ${catalog.revision}`
    const statements = [
      abortUnless(isSame, changed),
      selectRows(definition, definition.name, after, limit),
    ]
    try {
      const [, found = []] = await runBatch(db, statements)
      return decodeRows(definition, found)
    } catch (error) {
      const failure = batchFailure(error)
      if (failure?.kind !== 'aborted' || failure.message !== changed) throw error
      throw new LoadError('The definitions have changed while they were read; try again.', {
        cause: error,
      })
    }
  }
  return {
    definitions,
    settings: catalog.settings,
    rows,
    async *files() {
      for (const definition of definitions) {
        const fields = definition.fields.map(compileField).filter(({ isFile }) => isFile)
        if (isView(definition) || fields.length === 0) continue
        for await (const { values } of rowsOf({ rows }, definition)) {
          for (const { name: field } of fields) {
            for (const name of toTextList(values[field])) {
              const file = await findFile(bucket, `${definition.id}/${values['id']}/${name}`)
              if (file !== undefined) yield file
              else onMissing({ collection: definition.name, record: String(values['id']), name })
            }
          }
        }
      }
    },
  }
}

/** A file in the bucket of a deployment; undefined when it is not there. */
export async function findFile(bucket: Bucket, key: string): Promise<SourceFile | undefined> {
  const found = await bucket.head(key)
  if (found === null) return undefined
  const originalName = found.customMetadata?.['original-filename']
  return {
    key,
    sizeBytes: found.size,
    contentType: found.httpMetadata?.contentType,
    originalName: originalName === undefined ? undefined : decoded(originalName),
    async *read() {
      const object = await bucket.get(key)
      if (object === null) throw new LoadError(`The file ${key} is gone.`)
      yield* object.body
    },
    md5: () => Promise.resolve(md5Of(found)),
  }
}

/** What was cut off in the middle of a character is left as it is. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch (error) {
    if (!(error instanceof URIError)) throw error
    return name
  }
}
