import type { Json } from '../client.ts'
import {
  type Account,
  type Expectation,
  type Scenario,
  type Step,
  accountPassword,
  longId,
} from '../scenario.ts'
import { auth, base, field, open } from './collections-of.ts'
import { create, list, one, refused, remove, update, updateCollection } from './steps.ts'

const ann: Account = {
  name: 'ann',
  collection: 'members',
  record: { id: longId('ann'), email: 'ann@example.com', nick: 'Annie', name: 'Ann' },
}
const bob: Account = {
  name: 'bob',
  collection: 'members',
  record: { id: longId('bob'), email: 'bob@example.com', nick: 'bobby', emailVisibility: true },
}

function signIn(collection: string, json: Json, gives?: Expectation, query = ''): Step {
  return {
    as: 'guest',
    send: `POST /api/collections/${collection}/auth-with-password${query}`,
    json,
    ...(gives === undefined ? {} : { gives }),
  }
}

const passwords: Scenario = {
  name: 'sign-in: with a password',
  collections: [
    auth(
      'members',
      [field('text', 'nick'), field('text', 'name'), field('text', 'secret', { hidden: true })],
      {
        listRule: 'id = @request.auth.id',
        viewRule: 'id = @request.auth.id',
        indexes: ["CREATE UNIQUE INDEX idx_nick ON members (nick COLLATE NOCASE) WHERE nick != ''"],
        passwordAuth: { enabled: true, identityFields: ['email', 'nick'] },
      },
    ),
    auth('strict', [field('text', 'nick')], {
      indexes: ['CREATE UNIQUE INDEX idx_strict ON strict (nick)'],
      passwordAuth: { enabled: true, identityFields: ['nick'] },
    }),
    auth('verifieds', [], { authRule: 'verified = true' }),
    auth('closed', [], { authRule: null }),
    auth('off', [], { passwordAuth: { enabled: false } }),
    base('plain', []),
  ],
  accounts: [ann, bob],
  records: {
    strict: [
      {
        id: longId('sam'),
        email: 'sam@example.com',
        nick: 'Sam',
        password: accountPassword,
        passwordConfirm: accountPassword,
      },
    ],
    verifieds: [
      {
        id: longId('vera'),
        email: 'vera@example.com',
        verified: true,
        password: accountPassword,
        passwordConfirm: accountPassword,
      },
      {
        id: longId('una'),
        email: 'una@example.com',
        password: accountPassword,
        passwordConfirm: accountPassword,
      },
    ],
    closed: [
      {
        id: longId('ned'),
        email: 'ned@example.com',
        password: accountPassword,
        passwordConfirm: accountPassword,
      },
    ],
  },
  steps: [
    signIn('members', { identity: 'ann@example.com', password: accountPassword }, 200),
    signIn('members', { identity: 'annie', password: accountPassword }, 200),
    signIn('members', { identity: 'ANNIE', password: accountPassword }, 200),
    signIn('members', { identity: 'ANN@example.com', password: accountPassword }, undefined),
    signIn('members', { identity: 'annie', password: accountPassword, identityField: 'nick' }, 200),
    signIn(
      'members',
      { identity: 'annie', password: accountPassword, identityField: 'email' },
      { status: 400, message: 'Failed to authenticate.' },
    ),
    signIn(
      'members',
      { identity: 'annie', password: accountPassword, identityField: 'name' },
      refused({ identityField: 'validation_in_invalid' }),
    ),
    signIn('members', { identity: 'annie', password: accountPassword, identityField: '' }, 200),
    signIn(
      'members',
      { identity: 'ann@example.com', password: 'wrong' },
      { status: 400, message: 'Failed to authenticate.' },
    ),
    signIn(
      'members',
      { identity: 'nobody@example.com', password: 'wrong' },
      { status: 400, message: 'Failed to authenticate.' },
    ),
    signIn('members', { identity: 'ann@example.com', password: `${accountPassword} ` }, 400),
    signIn(
      'members',
      {},
      refused(
        { identity: 'validation_required', password: 'validation_required' },
        'An error occurred while validating the submitted data.',
      ),
    ),
    signIn('members', { identity: '', password: '' }, 400),
    signIn(
      'members',
      { identity: 'x'.repeat(256), password: 'x'.repeat(256) },
      refused({
        identity: 'validation_length_out_of_range',
        password: 'validation_length_out_of_range',
      }),
    ),
    signIn(
      'members',
      { identity: 5, password: 'x' },
      { status: 400, message: 'An error occurred while loading the submitted data.' },
    ),
    signIn('members', { identity: null, password: null }, 400),
    signIn('members', [], 400),
    {
      as: 'guest',
      send: 'POST /api/collections/members/auth-with-password',
      form: [
        ['identity', 'ann@example.com'],
        ['password', accountPassword],
      ],
      gives: 200,
    },
    {
      as: 'guest',
      send: 'POST /api/collections/members/auth-with-password',
      parts: [
        ['identity', 'ann@example.com'],
        ['password', accountPassword],
      ],
      gives: 200,
    },
    {
      as: 'guest',
      send: 'POST /api/collections/members/auth-with-password',
      parts: [['@jsonPayload', `{"identity":"ann@example.com","password":"${accountPassword}"}`]],
      gives: 200,
    },
    { as: 'guest', send: 'POST /api/collections/members/auth-with-password', gives: 400 },
    {
      as: 'guest',
      send: 'POST /api/collections/members/auth-with-password',
      raw: { type: 'text/plain', text: 'x' },
      gives: 400,
    },
    {
      as: 'guest',
      send: 'POST /api/collections/members/auth-with-password',
      raw: { type: 'application/json', text: '{"identity":' },
      gives: 400,
    },
    signIn(
      'members',
      { identity: 'ann@example.com', password: accountPassword },
      200,
      '?fields=record.id,record.email',
    ),
    signIn(
      'members',
      { identity: 'ann@example.com', password: accountPassword },
      200,
      '?expand=nothing&autoRefresh=true',
    ),
    signIn('MEMBERS', { identity: 'ann@example.com', password: accountPassword }, 200),
    {
      ...signIn('members', { identity: 'bob@example.com', password: accountPassword }, 200),
      as: 'ann',
    },
    signIn('strict', { identity: 'Sam', password: accountPassword }, 200),
    signIn('strict', { identity: 'sam', password: accountPassword }, 400),
    signIn('strict', { identity: 'sam@example.com', password: accountPassword }, 400),
    signIn('verifieds', { identity: 'vera@example.com', password: accountPassword }, 200),
    signIn(
      'verifieds',
      { identity: 'una@example.com', password: accountPassword },
      {
        status: 403,
        message: "The request doesn't satisfy the collection requirements to authenticate.",
      },
    ),
    signIn('verifieds', { identity: 'una@example.com', password: 'wrong' }, 400),
    {
      ...signIn('verifieds', { identity: 'una@example.com', password: accountPassword }, 200),
      as: 'superuser',
    },
    signIn('closed', { identity: 'ned@example.com', password: accountPassword }, 403),
    signIn(
      'off',
      { identity: 'x', password: 'y' },
      {
        status: 403,
        message: 'The collection is not configured to allow password authentication.',
      },
    ),
    signIn(
      'plain',
      { identity: 'x', password: 'y' },
      { status: 404, message: 'Missing or invalid auth collection context.' },
    ),
    signIn('nothing', { identity: 'x', password: 'y' }, undefined),
    { send: 'GET /api/collections/members/auth-with-password', as: 'guest', gives: 404 },
    signIn('_superusers', { identity: 'root@example.com', password: 'wrong' }, 400),
  ],
}

const tokens: Scenario = {
  name: 'sign-in: tokens and who they speak for',
  collections: [
    auth('members', [field('text', 'name'), field('text', 'nick')], {
      listRule: '',
      viewRule: '',
      updateRule: 'id = @request.auth.id',
      deleteRule: 'id = @request.auth.id',
      authToken: { duration: 3600 },
    }),
    auth('others', [], { listRule: '@request.auth.id != ""' }),
  ],
  accounts: [
    ann,
    bob,
    { name: 'eve', collection: 'others', record: { id: longId('eve'), email: 'eve@example.com' } },
  ],
  steps: [
    ...['guest', 'ann', 'eve', 'superuser'].flatMap((as): Step[] => [
      { as, send: 'POST /api/collections/members/auth-refresh' },
      { as, send: 'POST /api/collections/members/auth-refresh?fields=record.id', json: {} },
      { as, send: 'POST /api/collections/_superusers/auth-refresh' },
      { as, send: `POST /api/collections/members/impersonate/${longId('bob')}`, json: {} },
      { as, send: 'GET /api/settings?fields=meta.appName' },
      { as, send: 'GET /api/collections?fields=name&perPage=1&sort=name' },
    ]),
    {
      as: 'ann',
      send: 'POST /api/collections/members/auth-refresh',
      keep: { 'token:ann2': '$.token' },
      gives: 200,
    },
    { as: 'ann2', send: 'POST /api/collections/members/auth-refresh', gives: 200 },
    { as: 'ann', send: 'POST /api/collections/members/auth-refresh', gives: 200 },
    {
      send: `POST /api/collections/members/impersonate/${longId('bob')}`,
      json: { duration: 100 },
      keep: { 'token:imp': '$.token' },
      gives: 200,
    },
    { as: 'imp', send: 'POST /api/collections/members/auth-refresh', gives: 200 },
    { as: 'imp', ...update('members', 'bob', { name: 'by imp' }, 200) },
    { send: `POST /api/collections/members/impersonate/${longId('bob')}`, gives: 200 },
    {
      send: `POST /api/collections/members/impersonate/${longId('bob')}`,
      json: { duration: -1 },
      gives: 400,
    },
    {
      send: `POST /api/collections/members/impersonate/${longId('bob')}`,
      json: { duration: 'x' },
      gives: 400,
    },
    {
      send: `POST /api/collections/members/impersonate/${longId('bob')}`,
      json: { duration: 0 },
      gives: 200,
    },
    { send: 'POST /api/collections/members/impersonate/missing00000000', json: {}, gives: 404 },
    { send: 'POST /api/collections/members/impersonate/', json: {}, gives: 404 },
    ...[
      'rubbish',
      '',
      'Bearer',
      'Bearer ',
      'eyJhbGciOiJIUzI1NiJ9.e30.x',
      'eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJpZCI6ImFubjAwMDAwMDAwMDAwMCIsImNvbGxlY3Rpb25JZCI6Im1lbWJlcnMwMDAwMDAwMCIsInR5cGUiOiJhdXRoIiwiZXhwIjo5OTk5OTk5OTk5fQ.',
      'Basic dXNlcjpwdw==',
    ].flatMap((authorization): Step[] => [
      { ...list('others', {}, undefined, 'guest'), headers: { authorization } },
      {
        as: 'guest',
        send: 'POST /api/collections/members/auth-refresh',
        headers: { authorization },
        gives: 401,
      },
    ]),
    ...[
      '{{token:ann}}',
      'Bearer {{token:ann}}',
      'bearer {{token:ann}}',
      'BEARER {{token:ann}}',
      'Bearer  {{token:ann}}',
      ' {{token:ann}}',
      'Token {{token:ann}}',
      '{{token:ann}}x',
      'Bearer {{token:ann}} ',
    ].map((authorization): Step => ({
      as: 'guest',
      send: 'POST /api/collections/members/auth-refresh',
      headers: { authorization },
    })),
    {
      as: 'guest',
      send: 'GET /api/collections/others/records',
      headers: { cookie: 'pb_auth={{token:ann}}' },
    },
    { as: 'guest', send: 'GET /api/collections/others/records?token={{token:ann}}' },
    { as: 'eve', ...list('others', {}, 200) },
    update('others', 'eve', { 'tokenKey:autogenerate': '' }, 200),
    { ...list('others', { filter: 'id != ""' }, { ids: [] }), as: 'eve' },
    { as: 'eve', send: 'POST /api/collections/others/auth-refresh', gives: 401 },
    updateCollection(
      'members',
      { authToken: { secret: 'a-new-secret-of-more-than-thirty-characters' } },
      200,
    ),
    { as: 'ann', send: 'POST /api/collections/members/auth-refresh', gives: 401 },
    signIn('members', { identity: 'ann@example.com', password: accountPassword }, 200),
    {
      ...signIn('members', { identity: 'ann@example.com', password: accountPassword }, 200),
      keep: { 'token:ann': '$.token' },
    },
    updateCollection('members', { authRule: 'verified = true' }, 200),
    { as: 'ann', send: 'POST /api/collections/members/auth-refresh', gives: 401 },
    signIn('members', { identity: 'ann@example.com', password: accountPassword }, 403),
    updateCollection('members', { authRule: '' }, 200),
    {
      ...signIn('members', { identity: 'ann@example.com', password: accountPassword }, 200),
      keep: { 'token:ann': '$.token' },
    },
    update('members', 'ann', { verified: true }, 200),
    { as: 'ann', send: 'POST /api/collections/members/auth-refresh', gives: 200 },
    remove('members', 'ann', 204, 'ann'),
    { as: 'ann', send: 'POST /api/collections/members/auth-refresh', gives: 401 },
    list('others', {}, undefined, 'ann'),
  ],
}

const methods: Scenario = {
  name: 'sign-in: methods on offer',
  collections: [
    auth('members', [field('text', 'username')], {
      indexes: ["CREATE UNIQUE INDEX idx_un ON members (username) WHERE username != ''"],
      passwordAuth: { enabled: true, identityFields: ['username', 'email'] },
    }),
    base('plain', []),
  ],
  steps: [
    { as: 'guest', send: 'GET /api/collections/members/auth-methods', gives: 200 },
    {
      as: 'guest',
      send: 'GET /api/collections/members/auth-methods?fields=mfa,otp,password,oauth2',
      gives: 200,
    },
    { as: 'guest', send: 'GET /api/collections/users/auth-methods', gives: 200 },
    { as: 'guest', send: 'GET /api/collections/_superusers/auth-methods', gives: 200 },
    { as: 'guest', send: 'GET /api/collections/plain/auth-methods', gives: 404 },
    { as: 'guest', send: 'GET /api/collections/nothing/auth-methods', gives: 404 },
    updateCollection(
      'members',
      {
        otp: { enabled: true, duration: 99 },
        mfa: { enabled: true, duration: 77 },
        passwordAuth: { identityFields: ['email'] },
      },
      200,
    ),
    { as: 'guest', send: 'GET /api/collections/members/auth-methods', gives: 200 },
    updateCollection('members', { mfa: { enabled: false }, passwordAuth: { enabled: false } }, 200),
    { as: 'guest', send: 'GET /api/collections/members/auth-methods', gives: 200 },
    { as: 'guest', send: 'POST /api/collections/members/auth-methods', gives: 404 },
    { as: 'guest', send: 'HEAD /api/collections/members/auth-methods', gives: 200 },
  ],
}

const writes: Scenario = {
  name: 'accounts: what writing them asks for',
  collections: [
    auth('members', [field('text', 'name'), field('text', 'nick')], {
      ...open,
      manageRule: "@request.auth.name = 'Boss'",
    }),
    auth('others', [], open),
  ],
  accounts: [
    ann,
    {
      name: 'boss',
      collection: 'members',
      record: { id: longId('boss'), name: 'Boss', email: 'boss@example.com' },
    },
  ],
  steps: [
    ...['guest', 'ann', 'boss', 'superuser'].flatMap((as, i): Step[] => {
      const id = longId(`new${i + 1}x`)
      const email = `new${i}@example.com`
      const both = { password: 'abcdefgh', passwordConfirm: 'abcdefgh' }
      return [
        create('members', {}, undefined, as),
        create('members', { email }, undefined, as),
        create('members', { email, password: 'abcdefgh' }, undefined, as),
        create('members', { email, password: 'abcdefgh', passwordConfirm: 'other' }, undefined, as),
        create('members', { email, passwordConfirm: 'abcdefgh' }, undefined, as),
        create('members', { email, password: 'short', passwordConfirm: 'short' }, undefined, as),
        create('members', { email: 'rubbish', ...both }, undefined, as),
        create('members', { email: '', ...both }, undefined, as),
        create('members', { email: 'ann@example.com', ...both }, undefined, as),
        create(
          'members',
          { email: 'ANN@example.com', id: longId(`up${i + 1}x`), ...both },
          undefined,
          as,
        ),
        create('members', { id: longId('ann'), email, ...both }, undefined, as),
        create('others', { id: longId('ann'), email, ...both }, undefined, as),
        create('members', { id, email, ...both, verified: true }, undefined, as),
        create(
          'members',
          { id, email, ...both, emailVisibility: true, tokenKey: 'x'.repeat(40), oldPassword: 'z' },
          undefined,
          as,
        ),
        create(
          'members',
          { id, email, ...both, emailVisibility: true, tokenKey: 'short', verified: false },
          undefined,
          as,
        ),
        create(
          'members',
          { id, email, password: 'a'.repeat(72), passwordConfirm: 'a'.repeat(72) },
          undefined,
          as,
        ),
        create(
          'members',
          { id, email, password: 12345678, passwordConfirm: 12345678 },
          undefined,
          as,
        ),
        update('members', `new${i + 1}x`, { email: `renamed${i}@example.com` }, undefined, as),
        update('members', `new${i + 1}x`, { email }, undefined, as),
        update('members', `new${i + 1}x`, { verified: true }, undefined, as),
        update('members', `new${i + 1}x`, { verified: false }, undefined, as),
        update('members', `new${i + 1}x`, { emailVisibility: false }, undefined, as),
        update('members', `new${i + 1}x`, { password: 'newpassword' }, undefined, as),
        update(
          'members',
          `new${i + 1}x`,
          { password: 'newpassword', passwordConfirm: 'newpassword' },
          undefined,
          as,
        ),
        update(
          'members',
          `new${i + 1}x`,
          { password: 'newpassword', passwordConfirm: 'x', oldPassword: 'abcdefgh' },
          undefined,
          as,
        ),
        update('members', `new${i + 1}x`, { oldPassword: 'abcdefgh' }, undefined, as),
        update('members', `new${i + 1}x`, { password: '', passwordConfirm: '' }, undefined, as),
        update(
          'members',
          `new${i + 1}x`,
          { password: 'newpassword', passwordConfirm: 'newpassword', oldPassword: 'wrong' },
          undefined,
          as,
        ),
        update('members', `new${i + 1}x`, { tokenKey: 'y'.repeat(40) }, undefined, as),
        one('members', `new${i + 1}x`, {}, undefined, as),
        remove('members', `new${i + 1}x`, undefined, as),
      ]
    }),
    update(
      'members',
      'ann',
      { email: 'not an address' },
      refused({ email: 'validation_is_email' }),
    ),
    update(
      'members',
      'ann',
      { email: 'boss@example.com' },
      refused({ email: 'validation_not_unique' }),
    ),
    update('members', 'ann', { nick: 'x' }, 200, 'ann'),
    update('members', 'ann', { email: 'ann@example.com', verified: false }, 200, 'ann'),
    update(
      'members',
      'ann',
      {
        password: 'changed-by-ann',
        passwordConfirm: 'changed-by-ann',
        oldPassword: accountPassword,
      },
      200,
      'ann',
    ),
    signIn('members', { identity: 'ann@example.com', password: accountPassword }, 400),
    signIn('members', { identity: 'ann@example.com', password: 'changed-by-ann' }, 200),
  ],
}

const ownPassword: Scenario = {
  name: 'accounts: own password changed, other devices',
  collections: [
    auth('members', [field('text', 'name'), field('text', 'nick')], {
      ...open,
      listRule: 'id = @request.auth.id',
    }),
  ],
  accounts: [ann],
  steps: [
    {
      ...signIn('members', { identity: 'ann@example.com', password: accountPassword }, 200),
      keep: { 'token:phone': '$.token' },
    },
    { ...list('members', {}, { ids: ['ann'] }), as: 'phone' },
    update(
      'members',
      'ann',
      {
        password: 'changed-by-ann',
        passwordConfirm: 'changed-by-ann',
        oldPassword: accountPassword,
      },
      200,
      'ann',
    ),
    { ...list('members', {}, { ids: [] }), as: 'phone' },
    { as: 'phone', send: 'POST /api/collections/members/auth-refresh', gives: 401 },
  ],
}

const ownSession: Scenario = {
  name: 'accounts: own password changed, this device',
  collections: [
    auth('members', [field('text', 'name'), field('text', 'nick')], {
      ...open,
      listRule: 'id = @request.auth.id',
    }),
  ],
  accounts: [ann],
  steps: [
    update(
      'members',
      'ann',
      {
        password: 'changed-by-ann',
        passwordConfirm: 'changed-by-ann',
        oldPassword: accountPassword,
      },
      200,
      'ann',
    ),
    { ...list('members', {}, { ids: [] }), as: 'ann' },
    { as: 'ann', send: 'POST /api/collections/members/auth-refresh', gives: 401 },
  ],
}

const emailChange: Scenario = {
  name: 'accounts: an address changed by others ends the sessions',
  collections: [
    auth('members', [field('text', 'name'), field('text', 'nick')], {
      ...open,
      listRule: 'id = @request.auth.id',
    }),
  ],
  accounts: [ann, bob],
  steps: [
    update('members', 'ann', { email: 'other@example.com' }, 200),
    { ...list('members', {}, { ids: [] }), as: 'ann' },
    update('members', 'bob', { password: 'set-by-root', passwordConfirm: 'set-by-root' }, 200),
    { ...list('members', {}, { ids: [] }), as: 'bob' },
    signIn('members', { identity: 'bob@example.com', password: 'set-by-root' }, 200),
    update('members', 'bob', { verified: true }, 200),
  ],
}

const superusers: Scenario = {
  name: 'accounts: superusers',
  steps: [
    list('_superusers', { fields: 'email,verified' }, 200),
    list('_superusers', {}, 403, 'guest'),
    create(
      '_superusers',
      {
        id: longId('second'),
        email: 'second@example.com',
        password: 'secondsecond',
        passwordConfirm: 'secondsecond',
      },
      200,
    ),
    {
      ...signIn('_superusers', { identity: 'second@example.com', password: 'secondsecond' }, 200),
      keep: { 'token:second': '$.token' },
    },
    { as: 'second', send: 'GET /api/collections/users/records', gives: 200 },
    update('_superusers', 'second', { verified: false }, { values: { '$.verified': true } }),
    update('_superusers', 'second', { emailVisibility: true }, 200),
    { as: 'second', send: 'POST /api/collections/_superusers/auth-refresh', gives: 200 },
    { as: 'second', ...remove('_superusers', 'second', 204) },
    { as: 'second', send: 'GET /api/settings', gives: 401 },
    {
      send: 'GET /api/collections/_superusers/records',
      keep: { root: '$.items[0].id' },
      gives: 200,
    },
    {
      send: 'DELETE /api/collections/_superusers/records/{{root}}',
      gives: { status: 400, message: "You can't delete the only existing superuser." },
    },
  ],
}

const users: Scenario = {
  name: 'accounts: the users collection as it comes',
  steps: [
    {
      as: 'guest',
      ...create(
        'users',
        {
          id: longId('uma'),
          email: 'uma@example.com',
          password: 'umaumauma',
          passwordConfirm: 'umaumauma',
          name: 'Uma',
        },
        200,
      ),
    },
    {
      ...signIn('users', { identity: 'uma@example.com', password: 'umaumauma' }, 200),
      keep: { 'token:uma': '$.token' },
    },
    { as: 'guest', send: 'GET /api/collections/users/records', gives: 200 },
    { as: 'uma', send: 'GET /api/collections/users/records', gives: { ids: ['uma'] } },
    { as: 'uma', ...update('users', 'uma', { name: 'Uma T.' }, 200) },
    { as: 'uma', ...update('users', 'uma', { name: 'x'.repeat(256) }, 400) },
    { as: 'uma', ...update('users', 'uma', { avatar: 'x.png' }, 400) },
    { as: 'uma', ...one('users', 'uma', { fields: 'id,email,name' }, 200) },
    { as: 'uma', ...remove('users', 'uma', 204) },
    { as: 'uma', send: 'GET /api/collections/users/records', gives: { ids: [] } },
  ],
}

const longPassword = { password: 'ä'.repeat(37), passwordConfirm: 'ä'.repeat(37) }

const longPasswords: Scenario = {
  name: 'accounts: passwords of more than 72 bytes',
  collections: [auth('members', [], open)],
  accounts: [ann],
  steps: ['guest', 'ann', 'superuser'].flatMap((as): Step[] => [
    create('members', { email: 'long@example.com', ...longPassword }, 400, as),
    update('members', 'ann', { ...longPassword, oldPassword: accountPassword }, undefined, as),
  ]),
}

const guestManagers: Scenario = {
  name: 'accounts: a manage rule that guests meet',
  collections: [auth('members', [], { ...open, manageRule: "id != ''" })],
  accounts: [ann],
  steps: [
    one('members', 'ann', {}, { values: { '$.email': 'ann@example.com' } }, 'guest'),
    update('members', 'ann', { verified: true }, 400, 'guest'),
  ],
}

/** Accounts, passwords, tokens. */
export const accountScenarios: readonly Scenario[] = [
  passwords,
  tokens,
  methods,
  writes,
  longPasswords,
  guestManagers,
  ownPassword,
  ownSession,
  emailChange,
  superusers,
  users,
]
