import { describe, it } from 'vitest'
import { mergeSettings } from '#settings/decode.ts'
import { defaultSettings } from '#settings/defaults.ts'
import { validateSettings } from '#settings/validate-settings.ts'

function faultsOf(patch: Record<string, unknown>): unknown {
  return validateSettings(mergeSettings(defaultSettings, patch))
}

const blank = { code: 'validation_required', message: 'Cannot be blank.' }
const badFormat = { code: 'validation_match_invalid', message: 'Must be in a valid format.' }
const badAddress = {
  code: 'validation_invlaid_ip_or_subnet',
  message: 'Invalid IP or CIDR subnet.',
}
const badChoice = { code: 'validation_in_invalid', message: 'Must be a valid value.' }

function noLess(threshold: number): unknown {
  return {
    code: 'validation_min_greater_equal_than_required',
    message: `Must be no less than ${threshold}.`,
    params: { threshold },
  }
}

function rules(...labels: [label: string, audience?: string][]): Record<string, unknown> {
  const list = labels.map(([label, audience = '']) => ({
    label,
    audience,
    duration: 1,
    maxRequests: 1,
  }))
  return { rateLimits: { rules: list } }
}

// The messages of PocketBase 0.39.11 for the same changes.
describe('the issues of settings', () => {
  it.for([
    ['none', {}, {}],
    [
      'blank names',
      { meta: { appName: '', senderName: '' } },
      { meta: { appName: blank, senderName: blank } },
    ],
    [
      'blank addresses',
      { meta: { appURL: '', senderAddress: '' } },
      { meta: { appURL: blank, senderAddress: blank } },
    ],
    [
      'a long name',
      { meta: { appName: 'x'.repeat(256) } },
      {
        meta: {
          appName: {
            code: 'validation_length_out_of_range',
            message: 'The length must be between 1 and 255.',
            params: { max: 255, min: 1 },
          },
        },
      },
    ],
    [
      'addresses',
      { meta: { appURL: 'x', senderAddress: 'a@b' } },
      {
        meta: {
          appURL: { code: 'validation_is_url', message: 'Must be a valid URL.' },
          senderAddress: { code: 'validation_is_email', message: 'Must be a valid email address.' },
        },
      },
    ],
    [
      'a short colour',
      { meta: { accentColor: '#12' } },
      {
        meta: {
          accentColor: {
            code: 'validation_length_invalid',
            message: 'The length must be exactly 7.',
            params: { max: 7, min: 7 },
          },
        },
      },
    ],
    [
      'no colour',
      { meta: { accentColor: '1234567' } },
      {
        meta: {
          accentColor: {
            code: 'validation_is_hex_color',
            message: 'Must be a valid hexadecimal color code.',
          },
        },
      },
    ],
    ['an empty colour', { meta: { accentColor: '' } }, {}],
    [
      'IPs',
      { superuserIPs: ['10.0.0.0/8', 'x'], rateLimits: { excludedIPs: ['1.2.3.4/33', ''] } },
      {
        superuserIPs: { '1': badAddress },
        rateLimits: { excludedIPs: { '0': badAddress, '1': blank } },
      },
    ],
    [
      'enabled SMTP',
      { smtp: { enabled: true, host: '', port: 0 } },
      { smtp: { host: blank, port: blank } },
    ],
    [
      'SMTP',
      { smtp: { host: '??', port: -1, authMethod: 'X', localName: 'a b' } },
      {
        smtp: {
          host: { code: 'validation_is_host', message: 'Must be a valid IP address or DNS name.' },
          port: noLess(0),
          authMethod: badChoice,
          localName: {
            code: 'validation_is_host',
            message: 'Must be a valid IP address or DNS name.',
          },
        },
      },
    ],
    [
      'enabled S3',
      { s3: { enabled: true } },
      { s3: { endpoint: blank, bucket: blank, region: blank, accessKey: blank, secret: blank } },
    ],
    [
      'enabled S3 of backups, and an address that is none',
      { backups: { s3: { enabled: true, endpoint: 'a b', bucket: 'b', region: 'r' } } },
      {
        backups: {
          s3: {
            endpoint: { code: 'validation_is_url', message: 'Must be a valid URL.' },
            accessKey: blank,
            secret: blank,
          },
        },
      },
    ],
    ['backups kept by no clock', { backups: { cron: '', cronMaxKeep: 0 } }, {}],
    [
      'backups',
      { backups: { cron: '* * * *', cronMaxKeep: 0 } },
      {
        backups: {
          cron: {
            code: 'validation_invalid_cron',
            message:
              "Invalid cron expression: invalid configuration format ('* * * *'), exactly five, six, or seven space separated parts are required.",
          },
          cronMaxKeep: blank,
        },
      },
    ],
    ['backups to keep', { backups: { cronMaxKeep: -1 } }, { backups: { cronMaxKeep: noLess(1) } }],
    [
      'enabled batches',
      { batch: { enabled: true, maxRequests: 0, timeout: 0 } },
      { batch: { maxRequests: blank, timeout: blank } },
    ],
    [
      'batches',
      { batch: { maxRequests: -1, timeout: -1, maxBodySize: -1 } },
      { batch: { maxRequests: noLess(0), timeout: noLess(0), maxBodySize: noLess(0) } },
    ],
    ['disabled batches', { batch: { enabled: false, maxRequests: 0, timeout: 0 } }, {}],
    ['logs', { logs: { maxDays: -1, minLevel: -5 } }, { logs: { maxDays: noLess(0) } }],
    ['no rules', { rateLimits: { rules: [] } }, { rateLimits: { rules: blank } }],
    ['no rules, disabled', { rateLimits: { rules: [], enabled: false } }, {}],
    [
      'a rule',
      { rateLimits: { rules: [{ label: '', audience: 'z', duration: -1, maxRequests: 0 }] } },
      {
        rateLimits: {
          rules: {
            '0': { label: blank, audience: badChoice, duration: noLess(1), maxRequests: blank },
          },
        },
      },
    ],
    [
      'bad rules before conflicting ones',
      rules(['a b'], ['a b']),
      { rateLimits: { rules: { '0': { label: badFormat }, '1': { label: badFormat } } } },
    ],
    ['rules for different audiences', rules(['x', '@guest'], ['x', '@auth']), {}],
  ] as const)('with %s', ([, patch, found], { expect }) => {
    expect(faultsOf(patch)).toEqual(found)
  })

  it.for([
    ['equal', rules(['x'], ['x']), 1],
    ['for all after one for guests', rules(['x', '@guest'], ['x']), 1],
    ['for guests after one for all', rules(['y'], ['x'], ['x', '@guest'], ['x']), 2],
  ] as const)('name the first rule in conflict: %s', ([, patch, index], { expect }) => {
    expect(faultsOf(patch)).toEqual({
      rateLimits: {
        rules: {
          [index]: {
            label: {
              code: 'validation_conflicting_rate_limit_rule',
              message:
                'Rate limit rule configuration with label x already exists or conflicts with another rule.',
              params: { label: 'x' },
            },
          },
        },
      },
    })
  })

  it.for(['x', 'x:y', '*:y', '/a', '/a/', 'GET /a', 'get /a', 'GET /', '/', '_a:list'])(
    'accept the label %j',
    (label, { expect }) => {
      expect(faultsOf(rules([label]))).toEqual({})
    },
  )

  it.for([
    '*',
    '/a/{id}',
    'GET  /a',
    'a:b:c',
    '/a?b',
    'GET a',
    'é',
    '*:',
    '/api/a.b',
    'x-y',
    'GET /*',
    'x\n',
  ])('refuse the label %j', (label, { expect }) => {
    expect(faultsOf(rules([label]))).toEqual({
      rateLimits: { rules: { '0': { label: badFormat } } },
    })
  })
})
