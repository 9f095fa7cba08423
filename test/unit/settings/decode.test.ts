import { describe, it } from 'vitest'
import { ZodError } from 'zod'
import { decodeSettings, mergeSettings } from '#settings/decode.ts'
import { defaultSettings } from '#settings/defaults.ts'
import { publicSettings } from '#settings/public-settings.ts'

describe('stored settings', () => {
  it('are the defaults while nothing is stored', ({ expect }) => {
    expect(decodeSettings(null)).toEqual(defaultSettings)
  })

  it('survive a round trip', ({ expect }) => {
    const settings = mergeSettings(defaultSettings, { meta: { appName: 'Zed' } })

    expect(decodeSettings(JSON.stringify(settings))).toEqual(settings)
  })

  // Settings of an older version lack the newer keys.
  it('get defaults for missing keys, and lose unknown ones', ({ expect }) => {
    const stored = '{"meta":{"appName":"Zed","former":1},"logs":{"maxDays":0},"former":{}}'

    expect(decodeSettings(stored)).toEqual({
      ...defaultSettings,
      meta: { ...defaultSettings.meta, appName: 'Zed' },
      logs: { ...defaultSettings.logs, maxDays: 0 },
    })
  })
})

describe('a change of settings', () => {
  const rule = { label: 'a', audience: '', duration: 1, maxRequests: 2 }
  const limited = mergeSettings(defaultSettings, {
    rateLimits: { rules: [rule, { ...rule, label: 'b' }], excludedIPs: ['1.1.1.1'] },
  })

  it('merges rules by position and drops the rest', ({ expect }) => {
    const { rateLimits } = mergeSettings(limited, { rateLimits: { rules: [{ maxRequests: 9 }] } })

    expect(rateLimits.rules).toEqual([{ ...rule, maxRequests: 9 }])
    expect(rateLimits.excludedIPs).toEqual(['1.1.1.1'])
  })

  it('starts a new rule at zero', ({ expect }) => {
    const { rateLimits } = mergeSettings(limited, {
      rateLimits: { rules: [{}, {}, { label: 'c' }] },
    })

    expect(rateLimits.rules[2]).toEqual({ label: 'c', audience: '', duration: 0, maxRequests: 0 })
  })

  it('replaces other lists', ({ expect }) => {
    expect(
      mergeSettings(limited, { rateLimits: { excludedIPs: [] } }).rateLimits.excludedIPs,
    ).toEqual([])
  })

  it.for([
    { meta: 5 },
    { meta: { appName: 5 } },
    { logs: { maxDays: 1.5 } },
    { superuserIPs: 'x' },
    { superuserIPs: [1] },
    { rateLimits: { rules: 'x' } },
    { rateLimits: { rules: [1] } },
    { rateLimits: [] },
    { smtp: null },
  ])('to another type is refused: %j', (patch, { expect }) => {
    expect(() => mergeSettings(defaultSettings, patch)).toThrow(ZodError)
  })
})

describe('public settings', () => {
  it('are in PocketBase’s order, without secrets', ({ expect }) => {
    const s3 = { secret: 'hidden' }
    const settings = mergeSettings(defaultSettings, {
      smtp: { password: 'hidden' },
      s3,
      backups: { s3 },
      rateLimits: { rules: [{ label: '*:auth', audience: '', duration: 60, maxRequests: 20 }] },
    })

    expect(JSON.stringify(publicSettings(settings))).toBe(
      '{"superuserIPs":[],' +
        '"smtp":{"enabled":false,"port":587,"host":"smtp.example.com","username":"","authMethod":"","tls":false,"localName":""},' +
        '"backups":{"cron":"","cronMaxKeep":3,"s3":{"enabled":false,"bucket":"","region":"","endpoint":"","accessKey":"","forcePathStyle":false}},' +
        '"s3":{"enabled":false,"bucket":"","region":"","endpoint":"","accessKey":"","forcePathStyle":false},' +
        '"meta":{"accentColor":"#1055c9","appName":"Acme","appURL":"http://127.0.0.1:8787","senderName":"Support","senderAddress":"support@example.com","hideControls":false},' +
        '"rateLimits":{"rules":[{"label":"*:auth","audience":"","duration":60,"maxRequests":20}],"excludedIPs":[],"enabled":true},' +
        '"trustedProxy":{"headers":[],"useLeftmostIP":false},' +
        '"batch":{"enabled":false,"maxRequests":50,"timeout":3,"maxBodySize":0},' +
        '"logs":{"maxDays":5,"minLevel":0,"logIP":true,"logAuthId":false}}',
    )
  })
})
