import type { CollectionDefinition } from '#catalog/definition.ts'
import { isView } from '#collections/views/derive-views.ts'
import { compileField } from '#fields/registry.ts'
import { fileKey } from '#files/object-key.ts'
import { toTextList } from '#go-compat/casts.ts'
import { isCollectionId, isSafeName } from './safe-names.ts'
import type { RowWithId } from './source.ts'
import { shownValue } from './stored-value.ts'

/** A file that a record names. */
export interface NamedFile {
  /** In the bucket, and below the storage folder of a PocketBase. */
  readonly key: string
  readonly collection: string
  readonly record: string
  readonly field: string
  readonly name: string
  /** True if the key belongs to a file of this record. Other keys are neither read nor written. */
  readonly isSafe: boolean
}

/** Finds the files of a collection's rows; undefined if it has no files. */
export function filesNamedIn(
  definition: CollectionDefinition,
): ((row: RowWithId) => NamedFile[]) | undefined {
  const fields = definition.fields.map(compileField).filter(({ isFile }) => isFile)
  if (isView(definition) || fields.length === 0) return undefined
  return ({ values }) => {
    const record = shownValue(values['id'])
    const isSafeFolder = isCollectionId(definition.id) && isSafeName(record)
    return fields.flatMap((field) =>
      toTextList(values[field.name]).map((name) => ({
        key: fileKey(definition.id, record, name),
        collection: definition.name,
        record,
        field: field.name,
        name,
        isSafe: isSafeFolder && isSafeName(name),
      })),
    )
  }
}
