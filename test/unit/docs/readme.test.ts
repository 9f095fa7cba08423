import { readdir, readFile } from 'node:fs/promises'
import { it } from 'vitest'

it('README.md describes every folder of src', async ({ expect }) => {
  const page = await readFile('README.md', 'utf8')
  const entries = await readdir('src', { withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)

  expect(folders.filter((name) => !page.includes(`\n  ${name}/ `))).toEqual([])
})
