import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, onTestFinished } from 'vitest'
import { keepLocalSettingsKey, knownSettingsKeys } from '#cli/deployment/settings-key.ts'

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'arete-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

const line = /^SETTINGS_KEY="[\w+/]{43}="$/

describe('the key of a local server', () => {
  it('is created once, readable by its owner only', async ({ expect }) => {
    const folder = await emptyFolder()

    await keepLocalSettingsKey(folder)
    const first = await readFile(join(folder, '.dev.vars'), 'utf8')
    await keepLocalSettingsKey(folder)

    expect(first.trimEnd()).toMatch(line)
    expect(await readFile(join(folder, '.dev.vars'), 'utf8')).toBe(first)
    if (process.platform !== 'win32') {
      expect((await stat(join(folder, '.dev.vars'))).mode & 0o077).toBe(0)
    }
  })

  it('is added to other variables, which stay', async ({ expect }) => {
    const folder = await emptyFolder()
    await writeFile(join(folder, '.dev.vars'), 'MY_SETTINGS_KEY=a\n# SETTINGS_KEY=b')

    await keepLocalSettingsKey(folder)

    const [first, second, third] = (await readFile(join(folder, '.dev.vars'), 'utf8')).split('\n')
    expect([first, second]).toEqual(['MY_SETTINGS_KEY=a', '# SETTINGS_KEY=b'])
    expect(third).toMatch(line)
  })

  it.for(['SETTINGS_KEY=own', 'A=1\n  SETTINGS_KEY = "own"\n', 'export SETTINGS_KEY=own'])(
    'is not replaced: %j',
    async (variables, { expect }) => {
      const folder = await emptyFolder()
      await writeFile(join(folder, '.dev.vars'), variables)

      await keepLocalSettingsKey(folder)

      expect(await readFile(join(folder, '.dev.vars'), 'utf8')).toBe(variables)
    },
  )
})

describe('the keys a command knows', () => {
  it('of a local deployment are its server’s', async ({ expect }) => {
    const folder = await emptyFolder()
    await keepLocalSettingsKey(folder)
    const variables = await readFile(join(folder, '.dev.vars'), 'utf8')

    const keys = await knownSettingsKeys({ location: 'local' }, {}, folder)

    expect(Object.keys(keys)).toEqual(['SETTINGS_KEY'])
    expect(variables).toContain(keys.SETTINGS_KEY)
  })

  it('come from the environment if it has them', async ({ expect }) => {
    const folder = await emptyFolder()
    await keepLocalSettingsKey(folder)
    const environment = { SETTINGS_KEY: 'a', SETTINGS_KEY_PREVIOUS: 'b', HOME: '/' }
    const expected = { SETTINGS_KEY: 'a', SETTINGS_KEY_PREVIOUS: 'b' }

    expect(await knownSettingsKeys({ location: 'local' }, environment, folder)).toEqual(expected)
    expect(await knownSettingsKeys({ location: 'remote' }, environment, folder)).toEqual(expected)
  })

  it('of a data folder are kept in it, and made if there are none', async ({ expect }) => {
    const folder = await emptyFolder()
    const target = { location: 'folder', folder } as const

    const made = await knownSettingsKeys(target, {})
    const kept = await knownSettingsKeys(target, {})
    const given = await knownSettingsKeys(target, { SETTINGS_KEY: 'a' })

    expect(made.SETTINGS_KEY).toHaveLength(44)
    expect(kept).toEqual(made)
    expect(given).toEqual({ SETTINGS_KEY: 'a' })
  })

  it('of a deployed one do not come from the local one', async ({ expect }) => {
    const folder = await emptyFolder()
    await keepLocalSettingsKey(folder)

    expect(await knownSettingsKeys({ location: 'remote' }, {}, folder)).toEqual({})
  })
})
