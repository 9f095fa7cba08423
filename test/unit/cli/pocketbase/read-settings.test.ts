import { createCipheriv } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'vitest'
import { readSettings } from '#cli/pocketbase/read-settings.ts'
import { systemTables } from '#cli/pocketbase/system-schema.ts'
import { defaultSettings } from '#settings/defaults.ts'

function databaseWith(value: string | Uint8Array): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  for (const statement of systemTables) database.exec(statement)
  database.prepare("INSERT INTO _params (id, value) VALUES ('settings', ?)").run(value)
  return database
}

const key = '0123456789abcdef0123456789abcdef'

function encrypted(text: string): string {
  const nonce = new Uint8Array(12).fill(7)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const content = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]
  return Buffer.concat(content).toString('base64')
}

describe('the settings of a PocketBase', () => {
  it('are read from bytes, with defaults for options an older version did not have', ({
    expect,
  }) => {
    const stored = '{"meta":{"appName":"Moved"},"smtp":{"password":"hidden"},"unknown":1}'

    const { settings, notes } = readSettings(
      databaseWith(new TextEncoder().encode(stored)),
      undefined,
    )

    expect(settings).toEqual({
      ...defaultSettings,
      meta: { ...defaultSettings.meta, appName: 'Moved' },
      smtp: { ...defaultSettings.smtp, password: 'hidden' },
    })
    expect(notes).toEqual([])
  })

  it('are decrypted with their key', ({ expect }) => {
    const database = databaseWith(encrypted('{"meta":{"appName":"Secret"}}'))

    expect(readSettings(database, key).settings?.meta.appName).toBe('Secret')
  })

  it('are left out if they are encrypted and the key is missing', ({ expect }) => {
    const { settings, notes } = readSettings(databaseWith(encrypted('{}')), undefined)

    expect(settings).toBeUndefined()
    expect(notes).toEqual([expect.stringMatching(/encrypted .*--encryption-env NAME$/)])
  })

  it.for(['f'.repeat(32), 'too short'])('are refused with the key %s', (wrong, { expect }) => {
    const database = databaseWith(encrypted('{}'))

    expect(() => readSettings(database, wrong)).toThrow(/encrypted with another key/)
  })

  it('are kept except for invalid ones', ({ expect }) => {
    const database = databaseWith('{"meta":{"appName":"Kept"},"backups":{"cron":"never"}}')

    const { settings, notes } = readSettings(database, undefined)

    expect(settings?.meta.appName).toBe('Kept')
    expect(settings?.backups).toEqual(defaultSettings.backups)
    expect(notes).toEqual([expect.stringMatching(/^The settings "backups" were left out/)])
  })

  // On Cloudflare any client can send the header that only the former proxy could.
  it('trust no header of a former proxy', ({ expect }) => {
    const trustedProxy = { headers: ['X-Real-IP'], useLeftmostIP: true }

    const { settings, notes } = readSettings(
      databaseWith(JSON.stringify({ trustedProxy })),
      undefined,
    )

    expect(settings?.trustedProxy).toEqual(defaultSettings.trustedProxy)
    expect(notes).toEqual([expect.stringContaining('X-Real-IP')])
  })

  it('keep files and backups out of S3', ({ expect }) => {
    const s3 = {
      enabled: true,
      bucket: 'b',
      region: 'r',
      endpoint: 'https://s3.example.com',
      accessKey: 'a',
      secret: 's',
      forcePathStyle: false,
    }
    const database = databaseWith(JSON.stringify({ s3, backups: { s3 } }))

    const { settings, notes } = readSettings(database, undefined)

    expect(settings?.s3).toEqual({ ...s3, enabled: false })
    expect(settings?.backups.s3.enabled).toBe(false)
    expect(notes).toHaveLength(2)
  })
})
