import type { DatabaseSync } from 'node:sqlite'
import { beforeAllRows } from '#transfer/source.ts'
import type { CollectionDefinition } from '#collections/definition.ts'
import { isView } from '#collections/derive-views.ts'
import { compileField } from '#fields/registry.ts'
import { rowsAfter } from './record-rows.ts'

/** A file that a record names. */
export interface RecordFile {
  readonly collection: string
  readonly record: string
  readonly field: string
  /** Its path in the storage: `<collection id>/<record id>/<name>`. */
  readonly path: string
  /** Whether the path stays inside the storage; what does not is not read. */
  readonly isInside: boolean
}

const pageSize = 1000

/** Every file that a record names, once, in the order of the records. */
export function* recordFiles(
  database: DatabaseSync,
  definitions: readonly CollectionDefinition[],
): Generator<RecordFile> {
  for (const definition of definitions) {
    const fields = definition.fields.map(compileField).filter(({ isFile }) => isFile)
    if (isView(definition) || fields.length === 0) continue
    for (const { values } of allRows(database, definition)) {
      const record = String(values['id'])
      for (const field of fields) {
        const names = [field.fromColumn(values[field.name])].flat()
        for (const name of names.map(String)) {
          if (name === '') continue
          yield {
            collection: definition.name,
            record,
            field: field.name,
            path: `${definition.id}/${record}/${name}`,
            isInside: isFileName(name) && isFileName(record),
          }
        }
      }
    }
  }
}

function* allRows(database: DatabaseSync, definition: CollectionDefinition) {
  let place = beforeAllRows
  for (;;) {
    const rows = rowsAfter(database, definition, place, pageSize)
    yield* rows
    const last = rows.at(-1)
    if (last === undefined) return
    place = last.place
  }
}

/**
 * Whether a name stays inside its folder: a database that was tampered with must not have files
 * from elsewhere on this machine taken along.
 */
function isFileName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name)
}
