import { type OddForm, oddForms, oddFormType } from '../../support/odd-forms.ts'
import { type Scenario, type Step, longId } from '../scenario.ts'
import { auth, base, field, open } from './collections-of.ts'
import { list } from './steps.ts'

const path = '/api/collections/rows/records'

const bodies: Scenario = {
  name: 'http: bodies of every kind',
  collections: [
    base(
      'rows',
      [
        field('text', 't'),
        field('number', 'n'),
        field('bool', 'b'),
        field('json', 'j'),
        field('select', 'm', { values: ['a', 'b', '1', 'true'], maxSelect: 4 }),
      ],
      open,
    ),
  ],
  records: { rows: [{ id: longId('a'), t: 'x' }] },
  steps: [
    { send: `POST ${path}`, gives: 200, keep: { made: '$.id' } },
    { send: `POST ${path}`, headers: { 'content-type': 'application/json' }, gives: 200 },
    { send: `PATCH ${path}/${longId('a')}`, gives: 200 },
    ...(
      [
        ['application/json', ''],
        ['application/json', '{}'],
        ['application/json', 'null'],
        ['application/json', '[]'],
        ['application/json', '[{"t":"x"}]'],
        ['application/json', '"x"'],
        ['application/json', '5'],
        ['application/json', 'true'],
        ['application/json', '{'],
        ['application/json', '{"t":}'],
        ['application/json', "{'t':'x'}"],
        ['application/json', '{"t":"x",}'],
        ['application/json', '{"t":"x","t":"y"}'],
        ['application/json', '   '],
        ['application/json', '\ufeff{"t":"x"}'],
        ['application/json', '{"t":"\\ud800"}'],
        ['application/json', '{"t":"a\\u0000b"}'],
        ['application/json', '{"t":"\t"}'],
        ['application/json', '{"n":1e400}'],
        ['application/json', '{"n":NaN}'],
        ['application/json', '// c\n{}'],
        ['application/json; charset=utf-8', '{"t":"x"}'],
        ['application/json;charset=latin1', '{"t":"ü"}'],
        ['application/jsonx', '{"t":"x"}'],
        ['application/problem+json', '{"t":"x"}'],
        ['APPLICATION/JSON', '{"t":"x"}'],
        ['text/json', '{"t":"x"}'],
        ['text/plain', '{"t":"x"}'],
        ['text/plain', ''],
        ['application/xml', '<x/>'],
        ['', '{"t":"x"}'],
        ['*/*', '{"t":"x"}'],
        ['application/x-www-form-urlencoded', 't=x&n=5'],
        ['application/x-www-form-urlencoded', 't=%zz'],
        ['application/x-www-form-urlencoded', 't=a+b%20c&t=d'],
        ['application/x-www-form-urlencoded', 't'],
        ['application/x-www-form-urlencoded', 't;n=5'],
        ['application/x-www-form-urlencoded; charset=utf-8', 't=ü'],
        ['multipart/form-data', 'x'],
        ['multipart/form-data; boundary=b', 'x'],
        ['multipart/form-data; boundary=b', '--b--\r\n'],
        [
          'multipart/form-data; boundary=b',
          '--b\r\nContent-Disposition: form-data; name="t"\r\n\r\nx\r\n--b--',
        ],
        [
          'multipart/form-data; boundary=b',
          '--b\r\nContent-Disposition: form-data; name="t"\r\n\r\nx\r\n',
        ],
        [
          'multipart/form-data; boundary="b"',
          '--b\r\nContent-Disposition: form-data; name=t\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n',
        ],
      ] as const
    ).map(([type, text]): Step => ({
      as: 'guest',
      send: `POST ${path}?fields=t,n`,
      raw: { type, text },
    })),
    ...[
      'true',
      'false',
      'True',
      '12',
      '-1.5',
      '007',
      '1.0',
      '1e3',
      '+1',
      '-',
      '.',
      '-.5',
      '1.',
      '0',
      '-0',
      '',
      ' 1',
      '123456789012345678901',
      '0.1',
      '1,2',
      'null',
      '{"a":1}',
      '[1]',
      '"x"',
      '00',
      '1-2',
      '1.2.3',
    ].flatMap((value): Step[] => [
      {
        send: `POST ${path}?fields=t,n,b,j`,
        form: [
          ['t', value],
          ['n', value],
          ['b', value],
          ['j', value],
          ['m', value],
        ],
      },
      {
        send: `POST ${path}?fields=t,n,b,j`,
        parts: [
          ['t', value],
          ['n', value],
          ['b', value],
          ['j', value],
        ],
      },
    ]),
    ...(
      [
        [
          ['m', 'a'],
          ['m', 'b'],
        ],
        [
          ['m', '1'],
          ['m', 'true'],
        ],
        [
          ['m[]', 'a'],
          ['m[0]', 'b'],
        ],
        [
          ['t', 'x'],
          ['t', 'y'],
        ],
        [
          ['j', '1'],
          ['j', 'x'],
          ['j', 'true'],
        ],
        [
          ['@jsonPayload', '{"t":"p","n":3}'],
          ['t', 'plain'],
        ],
        [
          ['t', 'plain'],
          ['@jsonPayload', '{"t":"p"}'],
          ['@jsonPayload', '{"t":"q","j":{"a":[1]}}'],
        ],
        [['@jsonPayload', 'rubbish']],
        [['@jsonPayload', '[]']],
        [['@jsonPayload', 'null']],
        [['@jsonPayload', '']],
        [['@jsonPayload', '{"m":["a","b"],"m-":"a"}']],
        [['j.a', '1']],
        [['t', 'line\r\nbreak']],
        [['T', 'x']],
      ] as const
    ).flatMap((parts): Step[] => [
      { send: `POST ${path}?fields=t,n,b,j,m`, parts },
      { send: `POST ${path}?fields=t,n,b,j,m`, form: parts },
    ]),
  ],
}

const formFields = [field('text', 't'), field('text', 'u'), field('file', 'f')]

function stepsOf(forms: readonly OddForm[]): Step[] {
  return forms.map(({ type = oddFormType, body }) => ({
    as: 'guest',
    send: `POST ${path}?fields=t,u`,
    raw: { type, text: body },
  }))
}

const forms: Scenario = {
  name: 'http: odd forms',
  collections: [base('rows', formFields, open)],
  steps: stepsOf(oddForms.filter((form) => !form.isAcceptedInPart)),
}

const partialForms: Scenario = {
  name: 'http: forms that cannot be read whole',
  collections: [base('rows', formFields, open)],
  steps: stepsOf(oddForms.filter((form) => form.isAcceptedInPart)),
}

const routes: Scenario = {
  name: 'http: routes and methods there are not',
  collections: [base('rows', [field('text', 't')], open)],
  records: { rows: [{ id: longId('a') }] },
  steps: [
    'GET /api',
    'GET /api/',
    'POST /api/',
    'GET /api/nothing',
    'POST /api/nothing',
    'GET /api/health',
    'HEAD /api/health',
    'POST /api/health',
    'GET /api/health/',
    'GET /API/health',
    'GET /api/Health',
    'GET /api/collections/',
    'GET /api/collections/rows/',
    'GET /api/collections/rows/nothing',
    'POST /api/collections/rows/nothing',
    'DELETE /api/collections/rows/nothing',
    'PUT /api/collections/rows',
    'POST /api/collections/rows',
    'PUT /api/health',
    'PATCH /api/health',
    'DELETE /api/settings',
    'TRACE /api/health',
    'FOO /api/health',
    `GET /api/collections/rows/records/${longId('a')}/x`,
    `POST /api/collections/rows/records/${longId('a')}`,
    `PUT /api/collections/rows/records/${longId('a')}`,
    'GET /api/collections/%72ows/records',
    'GET /api/collections/ro%2Fws/records',
    'GET /api/collections/rows%20/records',
    'GET /api/collections/%zz/records',
    'GET /api/collections/../health',
    'GET /api//health',
    'GET //api/health',
    'GET /api/./health',
    'POST /api//collections/rows/records',
    'GET /api/collections/rows/records?%zz=1',
    'GET /api/collections/rows/records?a=%',
    'GET /api/collections/rows/records?;a=b',
    'GET /api/collections/rows/records?=',
    'GET /api/collections/rows/records?page=1&page=x',
    'GET /api/collections/r%C3%B6ws/records',
    'GET /api/admins',
    'POST /api/admins/auth-with-password',
    'GET /api/collections/rows/records/%20',
    'GET /api/collections/rows/records/a%2Fb',
    'GET /api/collections/rows/records/..',
    "GET /api/collections/rows/records/'or'1",
    'GET /api/collections/rows/records/%00',
  ].map((send) => ({ as: 'guest', send })),
}

const crossOrigin: Scenario = {
  name: 'http: other origins and headers',
  collections: [
    base('rows', [field('text', 't')], { ...open, createRule: null }),
    auth('members', []),
  ],
  steps: [
    ...[
      '/api/health',
      '/api/collections/rows/records',
      '/api/collections',
      '/api/nothing',
      '/api/batch',
      '/nothing',
    ].flatMap((target): Step[] => [
      { as: 'guest', send: `OPTIONS ${target}`, gives: 204 },
      {
        as: 'guest',
        send: `OPTIONS ${target}`,
        headers: { origin: 'https://app.example.com' },
        gives: 204,
      },
      {
        as: 'guest',
        send: `OPTIONS ${target}`,
        headers: {
          origin: 'https://app.example.com',
          'access-control-request-method': 'PATCH',
          'access-control-request-headers': 'authorization,content-type,x-odd',
        },
        gives: 204,
      },
    ]),
    {
      as: 'guest',
      send: 'GET /api/health',
      headers: { origin: 'https://app.example.com' },
      gives: 200,
    },
    { as: 'guest', send: 'GET /api/health', headers: { origin: 'null' }, gives: 200 },
    {
      as: 'guest',
      send: 'GET /api/nothing',
      headers: { origin: 'https://app.example.com' },
      gives: 404,
    },
    {
      as: 'guest',
      send: `POST ${path}`,
      headers: { origin: 'https://app.example.com' },
      json: {},
      gives: 403,
    },
    {
      as: 'guest',
      send: 'POST /api/collections/members/auth-with-password',
      headers: { origin: 'https://app.example.com' },
      json: {},
      gives: 400,
    },
    {
      as: 'guest',
      send: 'GET /api/collections',
      headers: { origin: 'https://app.example.com' },
      gives: 401,
    },
    { as: 'guest', send: 'GET /api/health', headers: { accept: 'text/html' }, gives: 200 },
    {
      as: 'guest',
      send: 'GET /api/health',
      headers: { 'accept-language': 'de', 'x-request-id': 'mine' },
      gives: 200,
    },
    { as: 'guest', send: 'GET /api/health', headers: { 'if-none-match': '*' }, gives: 200 },
    {
      as: 'guest',
      send: 'GET /api/collections/rows/records',
      headers: { 'content-type': 'application/json' },
      gives: 200,
    },
    {
      as: 'guest',
      send: 'GET /api/collections/rows/records',
      headers: { range: 'bytes=0-3' },
      gives: 200,
    },
    {
      as: 'guest',
      send: `POST ${path}`,
      headers: { 'x-http-method-override': 'GET' },
      json: {},
      gives: 403,
    },
    { send: 'GET /api/health', gives: 200 },
    {
      as: 'guest',
      send: 'DELETE /api/collections/rows/records/x',
      headers: { 'content-type': 'application/json' },
      gives: 404,
    },
    list('rows', {}, 200, 'guest'),
  ],
}

const sizes: Scenario = {
  name: 'http: large requests',
  collections: [
    base(
      'rows',
      [field('text', 't', { max: 3_000_000 }), field('editor', 'e'), field('json', 'j')],
      open,
    ),
  ],
  steps: [
    {
      send: `POST ${path}?fields=id`,
      json: { id: longId('a'), t: 'x'.repeat(1_000_000) },
      gives: 200,
    },
    {
      send: `POST ${path}?fields=id`,
      json: { id: longId('b'), e: 'ä'.repeat(500_000) },
      gives: 200,
    },
    {
      send: `POST ${path}?fields=id`,
      json: { id: longId('c'), j: 'x'.repeat(1_048_577) },
      gives: 400,
    },
    {
      send: `POST ${path}?fields=id`,
      json: { id: longId('d'), e: 'x'.repeat(5_242_881) },
      gives: 400,
    },
    { send: `GET ${path}?fields=id&filter=${'x'.repeat(3600)}`, gives: 400 },
    { send: `GET ${path}?fields=id&x=${'y'.repeat(6000)}`, gives: 200 },
    { send: 'PATCH /api/settings', json: { meta: { appName: 'x'.repeat(100_000) } }, gives: 400 },
  ],
}

const beyond: Scenario = {
  name: 'http: what only Arete has',
  collections: [auth('members', [field('text', 'name')])],
  accounts: [
    { name: 'ann', collection: 'members', record: { id: longId('ann'), email: 'ann@example.com' } },
  ],
  steps: [
    { as: 'guest', send: 'GET /api/collections/members/sessions', gives: 404 },
    { as: 'ann', send: 'GET /api/collections/members/sessions', gives: 404 },
    { as: 'ann', send: 'DELETE /api/collections/members/sessions/missing00000000', gives: 404 },
    { as: 'ann', send: 'DELETE /api/collections/members/sessions', gives: 404 },
    { as: 'ann', send: 'POST /api/collections/members/logout', gives: 404 },
  ],
}

const pages: Scenario = {
  name: 'http: pages beside the API',
  steps: [
    { as: 'guest', send: 'GET /', gives: 404 },
    { as: 'guest', send: 'GET /favicon.ico', gives: 404 },
    { as: 'guest', send: 'GET /none', gives: 404 },
    { as: 'guest', send: 'POST /', gives: 404 },
  ],
}

/** The protocol itself. */
export const httpScenarios: readonly Scenario[] = [
  bodies,
  forms,
  partialForms,
  routes,
  crossOrigin,
  sizes,
  beyond,
  pages,
]
