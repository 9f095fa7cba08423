import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { holdDataFolder } from '#adapters/node/data-folder.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

/** A user without rights. */
const otherUser = 65_534

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

  it('must be writable', async ({ expect }) => {
    const folder = await temporaryFolder()
    await chmod(folder, 0o555)

    const failure = failureAsOtherUser(() => holdDataFolder(folder))

    expect(String(failure)).toContain(`The folder ${folder} cannot be written.`)
  })
})

/** Runs a function that fails, without the rights of root, who may write everywhere. */
function failureAsOtherUser(run: () => unknown): unknown {
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(otherUser)
  try {
    return run()
  } catch (error) {
    return error
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
}
