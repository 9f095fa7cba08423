/*
 * What backups and restores did: superusers read it in the answer of `/api/health`, where clients of
 * PocketBase ignore it.
 */
import { isTooLargeToStore } from '#transfer/stored-rows.ts'
import { filesNamedIn } from '#transfer/named-files.ts'
import type { RowWithId } from '#transfer/source.ts'
import { shownValue, sizeOf } from '#transfer/stored-value.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'

/** A value that a backup or a restore could not take. */
export interface LeftOut {
  readonly collection: string
  readonly id: string
  /** Empty where it is not one field. */
  readonly field: string
  readonly reason: string
}

/** The content of an archive, as far as it was written or restored. */
export interface BackupContent {
  /** Records by collection. */
  readonly records: Readonly<Record<string, number>>
  readonly files: { readonly count: number; readonly bytes: number }
  /** Keys of files that records name and that are not there. */
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
  /** Empty when it is done. */
  readonly reason: string
}

/** The content of a task that failed. */
export const noContent: BackupContent = {
  records: {},
  files: { count: 0, bytes: 0 },
  missing: [],
  leftOut: [],
}

/** A report names at most so many of each kind. */
export const maxNamed = 500

/** The values of a row that a restore could not put back. */
export function unrestorable(definition: CollectionDefinition, row: RowWithId): LeftOut[] {
  const id = shownValue(row.values['id'])
  const collection = definition.name
  const largest = Object.entries(row.values).toSorted(([, a], [, b]) => sizeOf(b) - sizeOf(a))[0]
  const field = largest?.[0] ?? ''
  const reason = 'The record is larger than 2 MB, which is the most that D1 stores.'
  const unsafe = (filesNamedIn(definition)?.(row) ?? []).filter(({ isSafe }) => !isSafe)
  return [
    ...(isTooLargeToStore(row) ? [{ collection, id, field, reason }] : []),
    ...unsafe.map((file) => ({
      collection,
      id,
      field: file.field,
      reason: `The file name ${JSON.stringify(file.name)} leads elsewhere; the file is left out.`,
    })),
  ]
}
