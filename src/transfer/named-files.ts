import type { CollectionDefinition } from '#collections/definition.ts'
import { isView } from '#collections/derive-views.ts'
import { compileField } from '#fields/registry.ts'
import { fileKey } from '#files/object-key.ts'
import { toTextList } from '#kernel/casts.ts'
import type { PlacedRow } from './source.ts'

/** A file that a record names. */
export interface NamedFile {
  /** In the bucket. */
  readonly key: string
  readonly collection: string
  readonly record: string
  readonly name: string
}

/** How the files of a collection's rows are found; undefined where it keeps none. */
export function filesNamedIn(
  definition: CollectionDefinition,
): ((row: PlacedRow) => NamedFile[]) | undefined {
  const fields = definition.fields.map(compileField).filter(({ isFile }) => isFile)
  if (isView(definition) || fields.length === 0) return undefined
  return ({ values }) => {
    const record = String(values['id'])
    const names = fields.flatMap((field) => toTextList(values[field.name]))
    return names.map((name) => ({
      key: fileKey(definition.id, record, name),
      collection: definition.name,
      record,
      name,
    }))
  }
}
