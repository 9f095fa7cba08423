import { mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { describe, it, onTestFinished } from 'vitest'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { cachedBundle } from '../../../scripts/cached-bundle.ts'

/** A Worker with two modules, and the file that caches its bundle. */
async function newWorker() {
  const folder = await mkdtemp(join(tmpdir(), 'arete-bundle-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const [entry, imported] = [join(folder, 'entry.ts'), join(folder, 'imported.ts')]
  const file = join(folder, 'bundle.json')
  // The bundle of a file from this moment is not cached, because the file could still change.
  const write = async (path: string, text: string, age = 60): Promise<void> => {
    await writeFile(path, text)
    await utimes(path, Date.now() / 1000, Date.now() / 1000 - age)
  }
  await write(entry, `export { text } from './imported.ts'; export function named() {}`)
  await write(imported, `export const text = 'one'`)
  return {
    file,
    change: (text: string, age?: number) => write(imported, `export const text = '${text}'`, age),
    async bundle(): Promise<string> {
      const [module] = await cachedBundle(relative(projectFolder, entry), file)
      return new TextDecoder().decode(module?.contents)
    },
  }
}

describe('the bundle of a start', () => {
  it('is read from its file if no source has changed', async ({ expect }) => {
    const { bundle, file } = await newWorker()
    const first = await bundle()
    const { ino } = await stat(file)

    expect(await bundle()).toBe(first)
    expect((await stat(file)).ino).toBe(ino)
  })

  it('is made again if an imported module has changed', async ({ expect }) => {
    const { bundle, change } = await newWorker()
    const first = await bundle()

    await change('two', 30)

    expect(first).toContain('one')
    expect(await bundle()).toContain('two')
  })

  it('is made again if a module may have changed during bundling', async ({ expect }) => {
    const { bundle, change, file } = await newWorker()
    await change('one', -60)
    await bundle()
    const { ino } = await stat(file)

    await bundle()

    expect((await stat(file)).ino).not.toBe(ino)
  })

  it('is made again if its file is broken', async ({ expect }) => {
    const { bundle, file } = await newWorker()
    const first = await bundle()
    await writeFile(file, '{"sources":{}}')

    expect(await bundle()).toBe(first)
  })

  it('contains the names of functions, for stack traces', async ({ expect }) => {
    const { bundle } = await newWorker()

    expect(await bundle()).toMatch(/"named"/)
  })
})
