import { readFile } from 'node:fs/promises'
import { getTableColumns, getTableName } from 'drizzle-orm'
import { it } from 'vitest'
import { systemCollections } from '#catalog/system-collections.ts'
import * as systemTables from '#database/schema.ts'

const page = await readFile('docs/storage.md', 'utf8')

/** The section of the page about a table. */
function sectionOf(table: string): string {
  const sections = page.split(/^(?=#+ )/m)
  return sections.find((section) => section.startsWith(`#### \`${table}\`\n`)) ?? ''
}

it.for(
  Object.values(systemTables).map((table) => ({
    table: getTableName(table),
    columns: Object.values(getTableColumns(table)).map(({ name }) => name),
  })),
)('docs/storage.md describes $table and all its columns', ({ table, columns }, { expect }) => {
  const section = sectionOf(table)

  expect(columns.filter((name) => !section.includes(`\`${name}\``))).toEqual([])
})

it('docs/storage.md names every system collection', ({ expect }) => {
  const names = systemCollections.map(({ name }) => name)

  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
})
