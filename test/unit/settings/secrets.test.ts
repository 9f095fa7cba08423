import { describe, it } from 'vitest'
import { mergeSettings } from '#settings/decode.ts'
import { defaultSettings } from '#settings/defaults.ts'
import { seal } from '#kernel/sealed-text.ts'
import {
  misdirectedSecrets,
  openSecret,
  openSecrets,
  resealSecrets,
  sealNewSecrets,
} from '#settings/secrets.ts'
import type { Settings } from '#settings/settings.ts'

const [key, otherKey] = ['first key, '.padEnd(32, 'x'), 'other key, '.padEnd(32, 'x')]
const keys = { SETTINGS_KEY: key }

function withSecrets(settings: Settings, password: string, secret = ''): Settings {
  return mergeSettings(settings, { smtp: { password }, s3: { secret } })
}

async function stored(password: string, secret = ''): Promise<Settings> {
  return await sealNewSecrets(keys, defaultSettings, withSecrets(defaultSettings, password, secret))
}

describe('a secret of the settings', () => {
  it.for(['secret', 'ключ', 'enc:v1:AAAA', 'x'.repeat(5000)])(
    'is stored sealed and opens again: %.20s',
    async (secret, { expect }) => {
      const settings = await stored(secret)
      const { smtp } = settings

      expect(smtp.password).toMatch(/^enc:v1:[A-Za-z0-9+/]+={0,2}$/)
      expect(smtp.password).not.toContain(secret)
      expect(await openSecret(keys, 'smtp.password', settings)).toBe(secret)
    },
  )

  it('is sealed differently each time, so that equal secrets do not show', async ({ expect }) => {
    const { smtp, s3 } = await stored('same', 'same')

    expect(smtp.password).not.toBe((await stored('same')).smtp.password)
    expect(smtp.password).not.toBe(s3.secret)
  })

  it('stays sealed unchanged while others change, whatever the key', async ({ expect }) => {
    const before = await stored('secret')

    const after = await sealNewSecrets(
      {},
      before,
      mergeSettings(before, { meta: { appName: 'Z' } }),
    )

    expect(after.smtp).toEqual(before.smtp)
  })

  // An attacker with write access to the database could have one secret sent in the place of
  // another.
  it('does not open at another path', async ({ expect }) => {
    const settings = await stored('', 'secret')
    const swapped = mergeSettings(settings, { smtp: { password: settings.s3.secret } })

    await expect(openSecret(keys, 'smtp.password', swapped)).rejects.toThrow('smtp.password')
    expect(await openSecret(keys, 's3.secret', settings)).toBe('secret')
  })

  // The same attacker could have it sent to another server.
  it.for([
    ['smtp.password', { smtp: { host: 'mail.attacker.example.com' } }],
    ['smtp.password', { smtp: { port: 25 } }],
    ['smtp.password', { smtp: { username: 'other' } }],
    ['smtp.password', { smtp: { tls: true } }],
    ['s3.secret', { s3: { endpoint: 'https://attacker.example.com' } }],
    ['s3.secret', { s3: { accessKey: 'other' } }],
  ] as const)(
    'does not open for another server or user: %s, %j',
    async ([at, change], { expect }) => {
      const settings = await stored('secret', 'secret')
      const moved = mergeSettings(settings, change)
      const sentAgain = mergeSettings(moved, { smtp: { password: 'x' }, s3: { secret: '' } })

      await expect(openSecret(keys, at, moved)).rejects.toThrow('another server or user')
      expect((await openSecrets(keys, moved)).unreadable).toEqual([at])
      expect(misdirectedSecrets(settings, moved)).not.toEqual({})
      expect(misdirectedSecrets(settings, sentAgain)).toEqual({})
    },
  )

  it('opens if only other settings of its server change', async ({ expect }) => {
    const settings = await stored('secret', 'secret')
    const changed = mergeSettings(settings, {
      smtp: { enabled: true, authMethod: 'LOGIN', localName: 'me' },
      s3: { bucket: 'b', forcePathStyle: true },
    })

    expect(misdirectedSecrets(settings, changed)).toEqual({})
    expect(await openSecret(keys, 'smtp.password', changed)).toBe('secret')
    expect(await openSecret(keys, 's3.secret', changed)).toBe('secret')
  })

  it('that an earlier version sealed for its path alone opens, and is resealed', async ({
    expect,
  }) => {
    const password = await seal('secret', { passphrase: key, purpose: 'smtp.password' })
    const settings = withSecrets(defaultSettings, password)

    const resealed = await resealSecrets(keys, settings)

    expect(await openSecret(keys, 'smtp.password', settings)).toBe('secret')
    expect(resealed).toMatchObject({ isChanged: true, unreadable: [] })
    expect(await openSecret(keys, 'smtp.password', resealed.settings)).toBe('secret')
    expect((await resealSecrets(keys, resealed.settings)).isChanged).toBe(false)
  })

  it.for([
    { name: 'another key', keys: { SETTINGS_KEY: otherKey }, change: (text: string) => text },
    { name: 'no key', keys: {}, change: (text: string) => text },
    { name: 'one changed character', keys, change: (t: string) => `${t.slice(0, -6)}AAAAAA` },
    { name: 'a part only', keys, change: (text: string) => text.slice(0, 15) },
    { name: 'no base64', keys, change: () => 'enc:v1:*' },
  ])('does not open with $name', async ({ keys: held, change }, { expect }) => {
    const settings = await stored('secret')
    const password = change(settings.smtp.password)

    const opened = openSecret(
      held,
      'smtp.password',
      mergeSettings(settings, { smtp: { password } }),
    )

    await expect(opened).rejects.toThrow('SETTINGS_KEY')
  })

  it.for([{}, { SETTINGS_KEY: 'short' }, { SETTINGS_KEY_PREVIOUS: key }])(
    'is rejected without a valid key: %j',
    async (held, { expect }) => {
      const changed = mergeSettings(defaultSettings, { backups: { s3: { secret: 'x' } } })

      const refusal = sealNewSecrets(held, defaultSettings, changed)

      await expect(refusal).rejects.toMatchObject({
        code: 'settings_saving_failed',
        issues: { backups: { s3: { secret: { code: 'validation_settings_key_missing' } } } },
      })
    },
  )
})

describe('a secret stored before there was a key', () => {
  const before = withSecrets(defaultSettings, 'plain')

  it('is read, and kept without a key', async ({ expect }) => {
    const after = await sealNewSecrets({}, before, before)

    expect(after.smtp.password).toBe('plain')
    expect(await openSecret({}, 'smtp.password', before)).toBe('plain')
  })

  it('is sealed by the next change of any setting', async ({ expect }) => {
    const settings = await sealNewSecrets(keys, before, before)

    expect(settings.smtp.password).not.toContain('plain')
    expect(await openSecret(keys, 'smtp.password', settings)).toBe('plain')
  })
})

describe('resealing', () => {
  const rotated = { SETTINGS_KEY: otherKey, SETTINGS_KEY_PREVIOUS: key }

  it('seals all secrets with the current key, and then has nothing to do', async ({ expect }) => {
    const old = withSecrets(await stored('', 'secret'), 'plain')

    const first = await resealSecrets(rotated, { ...old, s3: (await stored('', 'secret')).s3 })
    const again = await resealSecrets(rotated, first.settings)

    expect(first).toMatchObject({ isChanged: true, unreadable: [] })
    expect(await openSecret({ SETTINGS_KEY: otherKey }, 's3.secret', first.settings)).toBe('secret')
    expect(await openSecret({ SETTINGS_KEY: otherKey }, 'smtp.password', first.settings)).toBe(
      'plain',
    )
    expect(again).toMatchObject({ isChanged: false, unreadable: [] })
  })

  it('keeps and reports secrets that no key opens', async ({ expect }) => {
    const settings = await stored('secret')

    const outcome = await resealSecrets({ SETTINGS_KEY: otherKey }, settings)

    expect(outcome).toEqual({ settings, isChanged: false, unreadable: ['smtp.password'] })
  })
})

describe('the opened secrets of the settings', () => {
  it('equal the original secrets', async ({ expect }) => {
    const sealed = await stored('secret', 'another')

    const { settings, unreadable } = await openSecrets(keys, sealed)

    expect(settings).toEqual(withSecrets(defaultSettings, 'secret', 'another'))
    expect(unreadable).toEqual([])
  })

  it('are left out and reported if no key opens them, and kept if in plain text', async ({
    expect,
  }) => {
    const { smtp } = await stored('secret')

    const { settings, unreadable } = await openSecrets(
      { SETTINGS_KEY: otherKey },
      withSecrets(defaultSettings, smtp.password, 'open'),
    )

    expect(settings).toEqual(withSecrets(defaultSettings, '', 'open'))
    expect(unreadable).toEqual(['smtp.password'])
  })
})
