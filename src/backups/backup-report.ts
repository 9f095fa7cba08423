/*
 * The outcomes of backups and restores. Superusers read them in the response of `/api/health`,
 * where clients of PocketBase ignore them.
 */
import { hasSealedSeed, isFactorTable } from '#transfer/factor-tables.ts'
import { isTooLargeToStore } from '#transfer/stored-rows.ts'
import { filesNamedIn } from '#transfer/named-files.ts'
import type { RowWithId } from '#transfer/source.ts'
import { shownValue, sizeOf } from '#transfer/stored-value.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'

/** A value that a backup or restore left out. */
export interface LeftOut {
  readonly collection: string
  readonly id: string
  /** Empty if it is not a single field. */
  readonly field: string
  readonly reason: string
}

/** The content of an archive that was written or restored. */
export interface BackupContent {
  /** Records by collection. */
  readonly records: Readonly<Record<string, number>>
  readonly files: { readonly count: number; readonly bytes: number }
  /** Keys of files that records name but that do not exist. */
  readonly missing: readonly string[]
  readonly leftOut: readonly LeftOut[]
}

/** The outcome of a task. */
export interface BackupReport extends BackupContent {
  /** The name of the backup. */
  readonly key: string
  readonly started: string
  readonly ended: string
  readonly outcome: 'done' | 'failed'
  /** Empty if the task succeeded. */
  readonly reason: string
}

/** The content of a task that failed. */
export const noContent: BackupContent = {
  records: {},
  files: { count: 0, bytes: 0 },
  missing: [],
  leftOut: [],
}

/** Maximum names of each kind in a report. */
export const maxNamed = 500

const sealedSeed =
  'No available key opens the seed of this authenticator. It works only where its key is known.'

/** The values of a row that a restore could not store, or not use. */
export function unrestorable(definition: CollectionDefinition, row: RowWithId): LeftOut[] {
  const id = shownValue(row.values['id'])
  const collection = definition.name
  const largest = Object.entries(row.values).toSorted(([, a], [, b]) => sizeOf(b) - sizeOf(a))[0]
  const field = largest?.[0] ?? ''
  const reason = 'The record is larger than 2 MB, the limit of D1.'
  const unsafe = (filesNamedIn(definition)?.(row) ?? []).filter(({ isSafe }) => !isSafe)
  return [
    ...(isFactorTable(definition) && hasSealedSeed(row)
      ? [{ collection, id, field: 'secret', reason: sealedSeed }]
      : []),
    ...(isTooLargeToStore(row) ? [{ collection, id, field, reason }] : []),
    ...unsafe.map((file) => ({
      collection,
      id,
      field: file.field,
      reason: `The file name ${JSON.stringify(file.name)} is unsafe; the file is left out.`,
    })),
  ]
}
