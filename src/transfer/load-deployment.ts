/*
 * Loads a source into a deployment. Rows go into staging tables, files to their final keys, and
 * everything is compared with the source. Until then users notice nothing, and a failure has
 * changed nothing. Then one batch swaps the loaded tables in.
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
  stagedRows,
} from './load-rows.ts'
import {
  factorTables,
  isFactorTable,
  type Seeds,
  withOpenSeeds,
  withSealedSeeds,
} from './factor-tables.ts'
import { historyTables, isHistoryTable } from './history-tables.ts'
import { assertCollectionIds } from './safe-names.ts'
import type { Source } from './source.ts'
import { LoadError } from './load-error.ts'
import { beginStaging, endStaging, type Staging } from './staging.ts'
import { swap } from './swap.ts'

/** The target of a load. */
export interface LoadTarget {
  readonly db: Database
  readonly bucket: Bucket
  /** The current catalog. */
  readonly catalog: Catalog
  /** Seals the seeds of second factors. */
  readonly seeds: Seeds
}

/** Options of a load. */
export interface LoadOptions {
  /** Identifies the content of the source: the same string for the same content only. */
  readonly fingerprint: string
  readonly existing: Existing
  /** The name of the change in the history of definitions. */
  readonly source: 'import' | 'restore'
  /** Reports progress: rows by collection, files in total. */
  readonly onProgress: (step: LoadStep) => void
  /** The progress of a load that runs in steps. */
  readonly marks?: LoadMarks
  /** Called last before anything changes; throws if the source has changed. */
  readonly expectSame: (report: LoadReport) => void
}

/** The progress of a load, which it resumes from and updates. */
export interface LoadMarks {
  readonly comparedRows: ComparedCollections
  readonly files: Map<'loaded' | 'compared', FilesSoFar>
}

/** The marks of a new load. */
export function noMarks(): LoadMarks {
  return { comparedRows: new Map(), files: new Map() }
}

function forget({ comparedRows, files }: LoadMarks): void {
  comparedRows.clear()
  files.clear()
}

/** The current step of a load. */
export type LoadStep =
  | { readonly step: 'resuming' }
  | { readonly step: 'loading' | 'comparing'; readonly collection: string; readonly rows: number }
  | { readonly step: 'loadingFiles' | 'comparingFiles'; readonly files: FileCount }

/** The loaded content, as counted by the comparison. */
export interface LoadReport {
  /** Records by collection, in the order of the definitions. */
  readonly records: readonly { readonly collection: string; readonly count: number }[]
  /** Authenticators and recovery codes. */
  readonly factors: number
  readonly refused: readonly RefusedRecord[]
  readonly files: FileCount
}

/**
 * Loads a source into a deployment. Resumes an interrupted load.
 *
 * Database: 2 batches per thousand rows, about 5 per collection, and a few more.
 *
 * @throws {LoadError} If the loaded content differs from the source. Nothing has changed then.
 */
export async function loadDeployment(
  { db, bucket, catalog, seeds }: LoadTarget,
  given: Source,
  options: LoadOptions,
): Promise<LoadReport> {
  assertCollectionIds(given.definitions)
  const source = withJsonNulls(given)
  const stored = source.definitions.filter((definition) => !isView(definition))
  const tables = [
    ...stored,
    ...(source.hasFactors ? factorTables : []),
    ...(source.hasHistory ? historyTables : []),
  ]
  const staging = await beginStaging(db, options.fingerprint, tables)
  const { marks = noMarks() } = options
  if (staging.isResumed) options.onProgress({ step: 'resuming' })
  else forget(marks)
  await runBatch(db, [
    sweepLater(
      stored.map(({ id }) => `${id}/`),
      new Date(),
    ),
  ])

  const sealed = { rows: withSealedSeeds(source.rows, seeds) }
  for (const definition of tables) {
    await loadRows(sealed, definition, staging, ({ name: collection }, rows) =>
      options.onProgress({ step: 'loading', collection, rows }),
    )
  }
  await createFreeIndexes(stored, staging)
  await loadFiles(bucket, source, marks.files.get('loaded'), (files) => {
    marks.files.set('loaded', files)
    options.onProgress({ step: 'loadingFiles', files })
  })

  // A seal differs each time, so seeds are compared in plain text.
  const [original, loaded] = [source, { rows: stagedRows(staging) }].map(({ rows }) => ({
    rows: withOpenSeeds(rows, seeds),
  })) as [Rows, Rows]
  const report = await compare(bucket, { ...source, ...original }, loaded, tables, {
    ...options,
    marks,
  }).catch((error: unknown) => beginAnew(staging, error))
  options.expectSame(report)
  await swap(db, source, staging, {
    catalog,
    existing: options.existing,
    source: options.source,
  })
  return report
}

type Rows = Pick<Source, 'rows'>

/** Discards the loaded rows: the next load of the same source starts from the beginning. */
async function beginAnew(staging: Staging, error: unknown): Promise<never> {
  // Another load may have started and own the tables by now.
  if (error instanceof LoadError) await staging.send(endStaging()).catch(() => undefined)
  throw error
}

async function compare(
  bucket: Bucket,
  source: Source,
  loaded: Rows,
  tables: readonly CollectionDefinition[],
  { onProgress, marks }: LoadOptions & { readonly marks: LoadMarks },
): Promise<LoadReport> {
  const records: { collection: string; count: number }[] = []
  const refused: RefusedRecord[] = []
  let factors = 0
  for (const definition of tables) {
    const compared = await compareRows(
      source,
      definition,
      loaded,
      ({ name: collection }, rows) => onProgress({ step: 'comparing', collection, rows }),
      marks.comparedRows,
    )
    if (isFactorTable(definition)) factors += compared.equal
    else if (!isHistoryTable(definition))
      records.push({ collection: definition.name, count: compared.equal })
    refused.push(...compared.refused)
  }
  const files = await compareFiles(bucket, source, marks.files.get('compared'), (compared) => {
    marks.files.set('compared', compared)
    onProgress({ step: 'comparingFiles', files: compared })
  })
  return { records, factors, refused, files }
}
