import { readFile } from 'node:fs/promises'
import { getTableName } from 'drizzle-orm'
import { it } from 'vitest'
import { systemCollections } from '#collections/system-collections.ts'
import * as systemTables from '#database/schema.ts'

it('docs/storage.md names every table that is there from the start', async ({ expect }) => {
  const page = await readFile('docs/storage.md', 'utf8')
  const names = [
    ...Object.values(systemTables).map(getTableName),
    ...systemCollections.map(({ name }) => name),
  ]

  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
})
