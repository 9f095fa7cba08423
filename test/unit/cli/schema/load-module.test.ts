import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { loadDefinitions } from '#cli/schema/load-module.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const posts = `{ name: 'posts', toJSON: () => ({ name: 'posts', type: 'base' }) }`

describe('the definitions of a module', () => {
  it.for([
    { name: 'that exports them', text: `export const posts = ${posts}` },
    { name: 'that exports a list', text: `export default [${posts}]` },
    {
      name: 'that exports an application',
      text: `export default { definition: { collections: [${posts}] } }`,
    },
  ])('are found in one $name', async ({ text }, { expect }) => {
    const file = join(await temporaryFolder(), 'schema.mjs')
    await writeFile(file, text)

    expect(await loadDefinitions(file)).toEqual([{ name: 'posts', type: 'base' }])
  })

  it('are missed in an application without collections', async ({ expect }) => {
    const file = join(await temporaryFolder(), 'app.mjs')
    await writeFile(file, 'export default { definition: {} }')

    await expect(loadDefinitions(file)).rejects.toThrow('exports no definitions')
  })
})
