import { readFile } from 'node:fs/promises'
import { getTableColumns, getTableName } from 'drizzle-orm'
import { it } from 'vitest'
import { systemCollections } from '#catalog/system-collections.ts'
import * as systemTables from '#database/schema.ts'

const page = await readFile('docs/storage.md', 'utf8')

/** The line of the page about a table. */
function lineOf(table: string): string {
  return page.split('\n').find((line) => line.startsWith(`| \`${table}\``)) ?? ''
}

it.for(
  Object.values(systemTables).map((table) => ({
    table: getTableName(table),
    columns: Object.values(getTableColumns(table)).map(({ name }) => name),
  })),
)('docs/storage.md tells of $table and all its columns', ({ table, columns }, { expect }) => {
  const line = lineOf(table)

  expect(columns.filter((name) => !line.includes(`\`${name}\``))).toEqual([])
})

it('docs/storage.md names every collection that is there from the start', ({ expect }) => {
  const names = systemCollections.map(({ name }) => name)

  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
})
