import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, it, onTestFinished } from 'vitest'
import { cached } from '#cli/deployment/cached.ts'

async function newFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'arete-cached-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return join(folder, 'made/value.json')
}

/** Caches `value`, which is valid while the cached value is the same. */
function cache(file: string, value: string, make = async () => ({ value })) {
  return cached({
    file,
    isValid: (stored): stored is { value: string } =>
      JSON.stringify(stored) === JSON.stringify({ value }),
    make,
  })
}

async function fail(): Promise<never> {
  throw new Error('The cached value was made again.')
}

describe('a cached value', () => {
  it('is made once', async ({ expect }) => {
    const file = await newFile()

    expect(await cache(file, 'a')).toEqual({ value: 'a' })
    expect(await cache(file, 'a', fail)).toEqual({ value: 'a' })
  })

  it('is made again if it is outdated', async ({ expect }) => {
    const file = await newFile()
    await cache(file, 'a')

    expect(await cache(file, 'b')).toEqual({ value: 'b' })
    expect(await cache(file, 'b', fail)).toEqual({ value: 'b' })
  })

  it.for(['', '{"value":', 'null', '{}'])(
    'is made again if its file contains %j',
    async (text, { expect }) => {
      const file = await newFile()
      await cache(file, 'a')
      await writeFile(file, text)

      expect(await cache(file, 'a')).toEqual({ value: 'a' })
      expect(await cache(file, 'a', fail)).toEqual({ value: 'a' })
    },
  )

  it('is in a file that only the user can read, without temporary files', async ({ expect }) => {
    const file = await newFile()

    await cache(file, 'a')

    expect(await readdir(dirname(file))).toEqual(['value.json'])
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o077).toBe(0)
  })
})
