/*
 * The history of definitions, as a transfer reads and writes it. With it come the state of data
 * migrations and the base of drift, so that a restored deployment neither runs a migration again nor
 * calls everything drift.
 */
import type { SQL } from 'drizzle-orm'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { numberField, textField } from '#catalog/system-fields.ts'
import type { FieldDefinition } from '#fields/definition/field-type.ts'
import { describedTable, replaceRows } from './described-table.ts'

/** A column of text or NULL. */
function nullable(name: string): FieldDefinition {
  return { ...textField(name), type: 'json', maxSize: 0 }
}

/** The tables of the history of definitions. */
export const historyTables: readonly CollectionDefinition[] = [
  describedTable('schema-history', '_schema_history', [
    numberField('id'),
    textField('at'),
    textField('source'),
    nullable('actor'),
    numberField('revision'),
    textField('digest'),
    textField('changes'),
    nullable('bookmark'),
  ]),
  describedTable('schema-changes', '_schema_changes', [
    numberField('entry'),
    textField('collectionRef'),
    nullable('before'),
    nullable('after'),
  ]),
  describedTable('schema-base', '_schema_base', [
    textField('collectionRef'),
    textField('definition'),
  ]),
]

/** True for a table of the history, and false for a collection. */
export function isHistoryTable({ id }: CollectionDefinition): boolean {
  return historyTables.some((table) => table.id === id)
}

/** Replaces the history by the loaded one. */
export function replaceHistory(): SQL[] {
  return historyTables.flatMap(replaceRows)
}
