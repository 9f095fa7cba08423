import type { DatabaseSync } from 'node:sqlite'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { filesNamedIn, type NamedFile } from '#transfer/named-files.ts'
import { beforeAllRows } from '#transfer/source.ts'
import { rowsAfter } from './record-rows.ts'

const pageSize = 1000

/** Yields every file that a record names once, in the order of the records. */
export function* recordFiles(
  database: DatabaseSync,
  definitions: readonly CollectionDefinition[],
): Generator<NamedFile> {
  for (const definition of definitions) {
    const namedIn = filesNamedIn(definition)
    if (namedIn === undefined) continue
    for (const row of allRows(database, definition)) yield* namedIn(row)
  }
}

function* allRows(database: DatabaseSync, definition: CollectionDefinition) {
  let rowId = beforeAllRows
  for (;;) {
    const rows = rowsAfter(database, definition, rowId, pageSize)
    yield* rows
    const last = rows.at(-1)
    if (last === undefined) return
    rowId = last.rowId
  }
}
