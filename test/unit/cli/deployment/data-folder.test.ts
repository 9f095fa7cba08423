import { mkdir, readdir, readlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { createNodeHost } from '#adapters/node/node-host.ts'
import { openDataFolder } from '#cli/deployment/data-folder.ts'
import { readMigrations } from '#cli/deployment/migrations.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

/** The files of a folder that this process has open. */
async function openFilesOf(folder: string): Promise<readonly string[]> {
  const handles = await readdir('/proc/self/fd')
  const targets = handles.map((handle) => readlink(join('/proc/self/fd', handle)).catch(() => ''))
  return (await Promise.all(targets)).filter((file) => file.startsWith(folder))
}

// Linux alone lists them.
describe.skipIf(process.platform !== 'linux')('a data folder that cannot be opened', () => {
  it.for([
    ['a command', openDataFolder],
    [
      'a server',
      async (folder: string) =>
        await createNodeHost({ folder, migrations: await readMigrations(), passwordCost: 'test' }),
    ],
  ] as const)('leaves no file open for %s', async ([, open], { expect }) => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'storage'))
    // The databases open, and then the folder of the files does not.
    await writeFile(join(folder, 'storage/content'), 'This is no folder.')

    await expect(open(folder)).rejects.toThrow(/EEXIST|ENOTDIR/)

    expect(await openFilesOf(folder)).toEqual([])
  })
})
