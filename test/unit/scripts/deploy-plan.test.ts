import { describe, it } from 'vitest'
import {
  deployedAddresses,
  hasDatabase,
  hasSettingsKey,
  hasSuperuser,
  setupAddress,
} from '#cli/deployment/deploy-plan.ts'

describe('a deployment', () => {
  it('creates the database only for an account that has none of its name', ({ expect }) => {
    const listed = JSON.stringify([
      { uuid: '1', name: 'arete-test' },
      { uuid: '2', name: 'other' },
    ])

    expect(hasDatabase('[]', 'arete')).toBe(false)
    expect(hasDatabase(listed, 'arete')).toBe(false)
    expect(hasDatabase(listed, 'other')).toBe(true)
  })

  it('finds its addresses in wrangler’s log', ({ expect }) => {
    const log = [
      '{"type":"wrangler-session","version":1,"wrangler_version":"4.156.2"}',
      '{"type":"deploy","version":1,"targets":["https://arete.example.workers.dev"]}',
      '',
    ].join('\n')

    expect(deployedAddresses(log)).toEqual(['https://arete.example.workers.dev'])
    expect(deployedAddresses('{"type":"deploy","targets":null}\n')).toEqual([])
  })

  it('sets a key only for a Worker without one', ({ expect }) => {
    const listed = (...names: string[]) =>
      JSON.stringify(names.map((name) => ({ name, type: 'secret_text' })))

    expect(hasSettingsKey(listed())).toBe(false)
    expect(hasSettingsKey(listed('SETTINGS_KEY_PREVIOUS', 'OTHER'))).toBe(false)
    expect(hasSettingsKey(listed('OTHER', 'SETTINGS_KEY'))).toBe(true)
  })

  it.for(['https://a.example', 'https://a.example/', 'a.example/*', 'a.example'])(
    'prints a setup link at the address %s',
    (address, { expect }) => {
      expect(setupAddress(address, 'x')).toBe('https://a.example/_/setup#x')
    },
  )

  it('detects a database without superusers', ({ expect }) => {
    const printed = (superusers: number) =>
      JSON.stringify([{ results: [{ superusers }], success: true, meta: { duration: 1 } }])

    expect(hasSuperuser(printed(0))).toBe(false)
    expect(hasSuperuser(printed(2))).toBe(true)
  })
})
