/*
 * A deployment becomes what a source is. Rows go into tables beside those of the collections, files to
 * where records will name them, and all of it is compared with the source; up to then nobody notices
 * anything, and whatever fails has changed nothing. Then one batch puts it in the place of what was
 * there.
 */
import { runBatch } from '#database/batch.ts'
import { sweepLater } from '#database/file-sweeps.ts'
import type { Catalog } from '#catalog/catalog.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { isView } from '#collections/views/derive-views.ts'
import type { Bucket, Database } from '#platform/bindings.ts'
import type { Existing } from './existing-content.ts'
import { withJsonNulls } from './json-nulls.ts'
import { compareFiles, type FileCount, type FilesSoFar, loadFiles } from './load-files.ts'
import {
  type ComparedCollections,
  compareRows,
  createFreeIndexes,
  loadRows,
  type RefusedRecord,
} from './load-rows.ts'
import { assertCollectionIds } from './safe-names.ts'
import type { Source } from './source.ts'
import { LoadError } from './load-error.ts'
import { beginStaging, endStaging, type Staging } from './staging.ts'
import { swap } from './swap.ts'

/** Where a load goes. */
export interface LoadTarget {
  readonly db: Database
  readonly bucket: Bucket
  /** What is there now. */
  readonly catalog: Catalog
}

/** How a load is to go. */
export interface LoadOptions {
  /** The same text for the same content of the source, and for no other. */
  readonly fingerprint: string
  readonly existing: Existing
  /** Tells what has been done: rows of a collection by their number, files all together. */
  readonly onProgress: (step: LoadStep) => void
  /** How far it is, for a load that is done in steps. */
  readonly marks?: LoadMarks
  /** Asked last of all before anything changes; throws when the source is not what it was. */
  readonly expectSame: (report: LoadReport) => void
}

/** How far a load is that began earlier; it goes on from there and moves them. */
export interface LoadMarks {
  readonly comparedRows: ComparedCollections
  readonly files: Map<'loaded' | 'compared', FilesSoFar>
}

/** The marks of a load that has not begun. */
export function noMarks(): LoadMarks {
  return { comparedRows: new Map(), files: new Map() }
}

function forget({ comparedRows, files }: LoadMarks): void {
  comparedRows.clear()
  files.clear()
}

/** What a load is at. */
export type LoadStep =
  | { readonly step: 'resuming' }
  | { readonly step: 'loading' | 'comparing'; readonly collection: string; readonly rows: number }
  | { readonly step: 'loadingFiles' | 'comparingFiles'; readonly files: FileCount }

/** What was loaded, as the comparison found it. */
export interface LoadReport {
  /** Records by collection, in the order of the definitions. */
  readonly records: readonly { readonly collection: string; readonly count: number }[]
  readonly refused: readonly RefusedRecord[]
  readonly files: FileCount
}

/**
 * Loads a source into a deployment. One that was interrupted goes on where it was.
 *
 * Database: 2 batches for each thousand rows, about 5 for each collection, and a few.
 *
 * @throws {LoadError} when something is not what it was in the source; nothing has changed then
 */
export async function loadDeployment(
  { db, bucket, catalog }: LoadTarget,
  given: Source,
  options: LoadOptions,
): Promise<LoadReport> {
  assertCollectionIds(given.definitions)
  const source = withJsonNulls(given)
  const stored = source.definitions.filter((definition) => !isView(definition))
  const staging = await beginStaging(db, options.fingerprint, stored)
  const { marks = noMarks() } = options
  if (staging.isResumed) options.onProgress({ step: 'resuming' })
  else forget(marks)
  await runBatch(db, [
    sweepLater(
      stored.map(({ id }) => `${id}/`),
      new Date(),
    ),
  ])

  for (const definition of stored) {
    await loadRows(source, definition, staging, ({ name: collection }, rows) =>
      options.onProgress({ step: 'loading', collection, rows }),
    )
  }
  await createFreeIndexes(stored, staging)
  await loadFiles(bucket, source, marks.files.get('loaded'), (files) => {
    marks.files.set('loaded', files)
    options.onProgress({ step: 'loadingFiles', files })
  })

  const report = await compare(bucket, source, stored, staging, { ...options, marks }).catch(
    (error: unknown) => beginAnew(staging, error),
  )
  options.expectSame(report)
  await swap(db, source, staging, { catalog, existing: options.existing })
  return report
}

/** What was loaded is of no use: the next load of the same source begins anew. */
async function beginAnew(staging: Staging, error: unknown): Promise<never> {
  // Another load may have begun, to whom the tables belong by now.
  if (error instanceof LoadError) await staging.send(endStaging()).catch(() => undefined)
  throw error
}

async function compare(
  bucket: Bucket,
  source: Source,
  stored: readonly CollectionDefinition[],
  staging: Staging,
  { onProgress, marks }: LoadOptions & { readonly marks: LoadMarks },
): Promise<LoadReport> {
  const records: { collection: string; count: number }[] = []
  const refused: RefusedRecord[] = []
  for (const definition of stored) {
    const compared = await compareRows(
      source,
      definition,
      staging,
      ({ name: collection }, rows) => onProgress({ step: 'comparing', collection, rows }),
      marks.comparedRows,
    )
    records.push({ collection: definition.name, count: compared.equal })
    refused.push(...compared.refused)
  }
  const files = await compareFiles(bucket, source, marks.files.get('compared'), (compared) => {
    marks.files.set('compared', compared)
    onProgress({ step: 'comparingFiles', files: compared })
  })
  return { records, refused, files }
}
