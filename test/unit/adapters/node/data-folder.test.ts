import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { holdDataFolder } from '#adapters/node/data-folder.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

describe('the data folder', () => {
  it('is held by one at a time', async ({ expect }) => {
    const folder = join(await temporaryFolder(), 'made')
    const held = holdDataFolder(folder)

    expect(() => holdDataFolder(folder)).toThrow(`Another process uses the folder ${folder}.`)

    held.release()
    holdDataFolder(folder).release()
  })

  it('is a folder', async ({ expect }) => {
    const file = join(await temporaryFolder(), 'file')
    await writeFile(file, '')

    expect(() => holdDataFolder(file)).toThrow(`${file} is not a folder.`)
    expect(() => holdDataFolder(join(file, 'under'))).toThrow('is not a folder.')
  })
})
