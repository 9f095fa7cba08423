import type { Json } from '../client.ts'
import { type Expectation, type Scenario, type Step, longId } from '../scenario.ts'
import { base, field, open } from './collections-of.ts'
import { refused, updateCollection } from './steps.ts'

function patch(json: Json, gives?: Expectation): Step {
  return { send: 'PATCH /api/settings', json, ...(gives === undefined ? {} : { gives }) }
}

const failed = 'An error occurred while saving the new settings.'

const validations: Scenario = {
  name: 'settings: what is taken and what is refused',
  steps: [
    { send: 'GET /api/settings', gives: 200 },
    { send: 'GET /api/settings?fields=meta,batch.enabled', gives: 200 },
    { as: 'guest', send: 'GET /api/settings', gives: 401 },
    { as: 'guest', ...patch({}, 401) },
    patch({}, 200),
    patch({ meta: { appName: '' } }, refused({ 'meta.appName': 'validation_required' }, failed)),
    patch(
      { meta: { appName: 'x'.repeat(256) } },
      refused({ 'meta.appName': 'validation_length_out_of_range' }),
    ),
    patch({ meta: { appURL: '' } }, refused({ 'meta.appURL': 'validation_required' })),
    patch({ meta: { appURL: 'not a url' } }, refused({ 'meta.appURL': 'validation_is_url' })),
    patch(
      { meta: { senderName: '', senderAddress: 'x' } },
      refused({
        'meta.senderName': 'validation_required',
        'meta.senderAddress': 'validation_is_email',
      }),
    ),
    patch(
      { meta: { accentColor: 'red' } },
      refused({ 'meta.accentColor': 'validation_length_invalid' }),
    ),
    patch(
      { meta: { accentColor: 'redredr' } },
      refused({ 'meta.accentColor': 'validation_is_hex_color' }),
    ),
    patch({ meta: { accentColor: '' } }, 200),
    patch({ meta: { accentColor: '#ABCDEF', hideControls: true, appName: 'Other <b>' } }, 200),
    patch({ meta: null }, 200),
    patch({ meta: { appName: null } }, 200),
    patch(
      { meta: { appName: 5 } },
      { status: 400, message: 'An error occurred while loading the submitted data.' },
    ),
    patch({ meta: 'x' }, 400),
    patch([], 400),
    patch({ unknown: { a: 1 } }, 200),
    {
      send: 'PATCH /api/settings',
      form: [
        ['meta.appName', 'Formed'],
        ['batch.enabled', 'true'],
      ],
    },
    { send: 'PATCH /api/settings', parts: [['@jsonPayload', '{"meta":{"appName":"Payload"}}']] },
    {
      send: 'PATCH /api/settings',
      raw: { type: 'application/json', text: '{"meta":' },
      gives: 400,
    },
    { send: 'PATCH /api/settings', raw: { type: 'text/plain', text: 'x' }, gives: 400 },
    patch(
      { batch: { enabled: true, maxRequests: 0, timeout: 0 } },
      refused({
        'batch.maxRequests': 'validation_required',
        'batch.timeout': 'validation_required',
      }),
    ),
    patch(
      { batch: { enabled: false, maxRequests: -1, timeout: -1, maxBodySize: -1 } },
      refused({
        'batch.maxRequests': 'validation_min_greater_equal_than_required',
        'batch.maxBodySize': 'validation_min_greater_equal_than_required',
      }),
    ),
    patch({ batch: { enabled: false, maxRequests: 0, timeout: 0 } }, 200),
    patch(
      { logs: { maxDays: -1 } },
      refused({ 'logs.maxDays': 'validation_min_greater_equal_than_required' }),
    ),
    patch({ logs: { maxDays: 3, minLevel: -4, logIP: false, logAuthId: true } }, 200),
    patch(
      { smtp: { enabled: true, host: '', port: 0 } },
      refused({ 'smtp.host': 'validation_required', 'smtp.port': 'validation_required' }),
    ),
    patch(
      { smtp: { enabled: true, host: 'not a host', port: 25 } },
      refused({ 'smtp.host': 'validation_is_host' }),
    ),
    patch(
      { smtp: { enabled: true, host: 'mail.example.com', port: -1 } },
      refused({ 'smtp.port': 'validation_min_greater_equal_than_required' }),
    ),
    patch(
      { smtp: { authMethod: 'NTLM', localName: 'a b' } },
      refused({
        'smtp.authMethod': 'validation_in_invalid',
        'smtp.localName': 'validation_is_host',
      }),
    ),
    patch(
      {
        smtp: {
          enabled: false,
          host: 'mail.example.com',
          port: 25,
          username: 'u',
          password: 'p',
          authMethod: 'LOGIN',
          tls: true,
          localName: 'me',
        },
      },
      200,
    ),
    patch(
      { s3: { enabled: true } },
      refused({
        's3.endpoint': 'validation_required',
        's3.bucket': 'validation_required',
        's3.region': 'validation_required',
        's3.accessKey': 'validation_required',
        's3.secret': 'validation_required',
      }),
    ),
    patch(
      {
        s3: {
          enabled: true,
          endpoint: 'not a url',
          bucket: 'b',
          region: 'r',
          accessKey: 'k',
          secret: 's',
        },
      },
      refused({ 's3.endpoint': 'validation_is_url' }),
    ),
    patch({ s3: { enabled: false, endpoint: 'https://s3.example.com', secret: 'x' } }, 200),
    patch({ backups: { cron: 'rubbish' } }, refused({ 'backups.cron': 'validation_invalid_cron' })),
    patch(
      { backups: { cron: '0 0 * * *', cronMaxKeep: 0 } },
      refused({ 'backups.cronMaxKeep': 'validation_required' }),
    ),
    patch({ backups: { cronMaxKeep: -2 } }, undefined),
    patch({ backups: { cron: '0 0 1 1 *', cronMaxKeep: 2 } }, 200),
    patch({ backups: { cron: '' } }, 200),
    patch({ superuserIPs: ['rubbish'] }, undefined),
    patch({ superuserIPs: [''] }, undefined),
    patch({ superuserIPs: ['127.0.0.1', '::1', '10.0.0.0/8'] }, 200),
    patch({ superuserIPs: [] }, 200),
    patch({ trustedProxy: { headers: ['X-Real-IP'], useLeftmostIP: true } }, 200),
    patch({ trustedProxy: { headers: null } }, 200),
    patch(
      { rateLimits: { enabled: true, rules: [] } },
      refused({ 'rateLimits.rules': 'validation_required' }),
    ),
    ...(
      [
        [{}],
        [{ label: '', maxRequests: 1, duration: 1 }],
        [{ label: 'a b', maxRequests: 1, duration: 1 }],
        [{ label: '/api/x', maxRequests: 0, duration: 0 }],
        [{ label: '/api/x', maxRequests: -1, duration: -1 }],
        [{ label: '/api/x', maxRequests: 1, duration: 1, audience: 'x' }],
        [
          { label: 'GET /api/x', maxRequests: 1, duration: 1 },
          { label: 'GET /api/x', maxRequests: 2, duration: 2 },
        ],
        [
          { label: '*:x', maxRequests: 1, duration: 1, audience: '@guest' },
          { label: '*:x', maxRequests: 2, duration: 2, audience: '@auth' },
        ],
        [
          { label: '*:x', maxRequests: 1, duration: 1, audience: '@guest' },
          { label: '*:x', maxRequests: 2, duration: 2 },
        ],
        [{ label: 'users:create', maxRequests: 1, duration: 1 }],
        [{ label: 'word', maxRequests: 1, duration: 1 }],
        [{ label: 'FETCH /x', maxRequests: 1, duration: 1 }],
        [{ label: '/x y', maxRequests: 1, duration: 1 }],
        [{ label: '/x.y', maxRequests: 1, duration: 1 }],
        [{ label: 'a:b:c', maxRequests: 1, duration: 1 }],
      ] as Json[][]
    ).map((rules) => patch({ rateLimits: { enabled: false, rules } })),
    patch(
      {
        rateLimits: {
          rules: [
            { label: '/api/a', maxRequests: 5, duration: 5 },
            { label: '/api/b', maxRequests: 6, duration: 6 },
          ],
        },
      },
      200,
    ),
    patch({ rateLimits: { rules: [{ maxRequests: 9 }] } }, 200),
    patch({ rateLimits: { rules: null, excludedIPs: ['x'] } }, undefined),
    patch({ rateLimits: { excludedIPs: ['127.0.0.1', '10.0.0.0/8'] } }, 200),
    patch(
      { meta: { appName: '' }, batch: { maxRequests: -1 }, logs: { maxDays: -1 } },
      refused({
        'meta.appName': 'validation_required',
        'logs.maxDays': 'validation_min_greater_equal_than_required',
      }),
    ),
    { send: 'GET /api/settings', gives: 200 },
    { send: 'PUT /api/settings', json: {}, gives: 404 },
    { send: 'POST /api/settings', json: {}, gives: 404 },
  ],
}

const renaming: Scenario = {
  name: 'settings: labels of rate limits follow a renamed collection',
  collections: [base('first', [field('text', 'a')], open)],
  steps: [
    patch(
      {
        rateLimits: {
          rules: [
            { label: 'first:create', maxRequests: 5, duration: 5 },
            { label: '*:list', maxRequests: 5, duration: 5 },
          ],
        },
      },
      200,
    ),
    updateCollection('first', { name: 'second' }, 200),
    { send: 'GET /api/settings?fields=rateLimits', gives: 200 },
  ],
}

const fresh: Scenario = {
  name: 'settings: as they come',
  needsFreshServers: true,
  steps: [
    { send: 'GET /api/settings', gives: 200 },
    {
      send: 'GET /api/collections?sort=name&fields=name,id,type,system,listRule,indexes',
      gives: 200,
    },
    { as: 'guest', send: 'POST /api/batch', json: { requests: [] }, gives: 403 },
  ],
}

const addresses: Scenario = {
  name: 'settings: superusers from some addresses only',
  steps: [
    patch({ superuserIPs: ['127.0.0.1', '::1'] }, 200),
    { send: 'GET /api/settings?fields=superuserIPs', gives: 200 },
    patch({ superuserIPs: [] }, 200),
    { send: `GET /api/collections/users/records/${longId('x')}`, gives: 404 },
  ],
}

/** Settings. */
export const settingsScenarios: readonly Scenario[] = [fresh, validations, renaming, addresses]
