/* Signing in with mailed codes, with two factors, and the mail about a new location. */
import type { Json } from '../client.ts'
import {
  type Account,
  accountPassword,
  type Expectation,
  longId,
  type Scenario,
  type Step,
} from '../scenario.ts'
import { auth, type Body, base, field } from './collections-of.ts'
import { create, list, one, refused, remove, update, updateCollection } from './steps.ts'

/** Attempts are counted by account, so each scenario has its own accounts. */
function person(name: string, more: Readonly<Record<string, Json>> = {}): Account {
  const record = { id: longId(name), email: `${name}@example.com`, name, ...more }
  return { name, collection: 'members', record }
}

/** An account that does not sign in before the steps. */
function silent(name: string): Readonly<Record<string, Json>> {
  return { ...person(name).record, password: accountPassword, passwordConfirm: accountPassword }
}

/** As long as a generated id, so that codes are compared like one. */
const length = 15

const codeTemplate = {
  subject: 'Code for {APP_NAME}',
  body: '<p><samp>{OTP}</samp><samp>{OTP_ID}</samp><samp>{RECORD:name}</samp><samp>{TOKEN}</samp></p>',
}

const otp = { enabled: true, duration: 180, length, emailTemplate: codeTemplate }

function members(options: Body = {}): Body {
  return auth('members', [field('text', 'name')], {
    listRule: '',
    viewRule: '',
    otp,
    ...options,
  })
}

function post(endpoint: string, json: Json, gives?: Expectation, as = 'guest'): Step {
  const [collection = '', action = ''] = endpoint.includes('/')
    ? endpoint.split('/')
    : ['members', endpoint]
  return {
    as,
    send: `POST /api/collections/${collection}/${action}`,
    json,
    ...(gives === undefined ? {} : { gives }),
  }
}

/** Requests a code: its id is stored as `name`, the code as `name:code`. */
function askCode(name: string, email: string, collection = 'members'): Step {
  return {
    ...post(`${collection}/request-otp`, { email }, 200),
    keep: { [name]: '$.otpId' },
    mail: {
      to: email,
      keep: `${name}:code`,
      leaves: { send: `GET /api/collections/_otps/records/{{${name}}}`, path: '$.sentTo' },
    },
  }
}

function withCode(name: string, gives?: Expectation, more: Body = {}): Step {
  const json = { otpId: `{{${name}}}`, password: `{{${name}:code}}`, ...more }
  return post('auth-with-otp', json, gives)
}

function withPassword(email: string, gives?: Expectation, more: Body = {}): Step {
  return post('auth-with-password', { identity: email, password: accountPassword, ...more }, gives)
}

const invalid = { status: 400, message: 'Invalid or expired OTP.' }

const requests: Scenario = {
  name: 'codes: asked for',
  collections: [members(), auth('without', []), base('plain', [])],
  accounts: [person('ann')],
  steps: [
    { as: 'guest', send: 'GET /api/collections/members/auth-methods' },
    ...['', 'ann', 'ann@', 'x'.repeat(260)].map((email) => post('request-otp', { email }, 400)),
    post('request-otp', {}, refused({ email: 'validation_required' })),
    post('request-otp', { email: 5 }, 400),
    post('request-otp', [], 400),
    post('plain/request-otp', { email: 'ann@example.com' }, 404),
    post('nothing/request-otp', { email: 'ann@example.com' }, 404),
    post('without/request-otp', { email: 'ann@example.com' }, 403),
    post('without/request-otp', {}, 403),
    post('without/auth-with-otp', {}, 403),
    post('plain/auth-with-otp', {}, 404),
    post('nothing/auth-with-otp', {}, 404),
    post('request-otp', { email: 'nobody@example.com' }, 200),
    post('request-otp', { email: 'ANN@example.com' }, 200),
    askCode('first', 'ann@example.com'),
    list('_otps', { filter: `recordRef='${longId('ann')}'` }, 200),
    list('_otps', {}, 200, 'ann'),
    list('_otps', {}, 200, 'guest'),
    { ...list('_otps', { filter: "password!=''" }), as: 'ann' },
    { ...list('_otps', { filter: "sentTo!=''" }), as: 'ann' },
  ],
}

const codes: Scenario = {
  name: 'codes: a sign-in',
  collections: [members(), auth('others', [], { otp })],
  accounts: [person('ann'), person('bob', { verified: true })],
  steps: [
    post(
      'auth-with-otp',
      {},
      refused({ otpId: 'validation_required', password: 'validation_required' }),
    ),
    post('auth-with-otp', { otpId: 'x'.repeat(256), password: '1'.repeat(72) }, 400),
    post('auth-with-otp', { otpId: 5, password: 5 }, 400),
    post('auth-with-otp', { otpId: 'nothing', password: '1' }, invalid),
    askCode('first', 'ann@example.com'),
    post('auth-with-otp', { otpId: '{{first}}', password: '1' }, invalid),
    post('others/auth-with-otp', { otpId: '{{first}}', password: '{{first:code}}' }, invalid),
    withCode('first', 200),
    withCode('first', invalid),
    one('members', 'ann'),
    withPassword('ann@example.com', 400),
    { as: 'ann', send: 'POST /api/collections/members/auth-refresh', gives: 401 },
    askCode('second', 'bob@example.com'),
    { ...withCode('second', 200), query: { expand: 'nothing', fields: 'record.id,record.email' } },
    withPassword('bob@example.com', 200),
    askCode('third', 'bob@example.com'),
    update('members', 'bob', { email: 'moved@example.com' }, 200),
    withCode('third', invalid),
    askCode('fourth', 'moved@example.com'),
    remove('members', 'bob', 204),
    withCode('fourth', invalid),
    list('_otps', {}, 200),
  ],
}

const ownCode = { collectionRef: longId('members'), recordRef: longId('eve') }

const attempts: Scenario = {
  name: 'codes: too many attempts',
  collections: [members()],
  records: { members: [silent('abe'), silent('ben')] },
  steps: [
    askCode('first', 'abe@example.com'),
    ...Array.from({ length: 5 }, () =>
      post('auth-with-otp', { otpId: '{{first}}', password: '1' }, invalid),
    ),
    withCode('first', {
      status: 429,
      message: 'Too many attempts, please try again later with a new OTP.',
    }),
    ...Array.from({ length: 6 }, () =>
      post('auth-with-otp', { otpId: 'nothing', password: '1' }, invalid),
    ),
    askCode('second', 'ben@example.com'),
    withCode('second', 200),
  ],
}

const placed: Scenario = {
  name: 'codes: put in place by a superuser',
  collections: [members()],
  records: { members: [silent('eve')] },
  steps: [
    create('_otps', {}, 400),
    create('_otps', { ...ownCode, recordRef: longId('missing'), password: '123456' }, 400),
    {
      ...create('_otps', { ...ownCode, password: '123456' }, 200),
      keep: { placed: '$.id' },
    },
    post('auth-with-otp', { otpId: '{{placed}}', password: '123457' }, invalid),
    post('auth-with-otp', { otpId: '{{placed}}', password: '123456' }, 200),
    post('auth-with-otp', { otpId: '{{placed}}', password: '123456' }, invalid),
    one('members', 'eve'),
    {
      ...create('_otps', { ...ownCode, password: '123456', sentTo: 'eve@example.com' }, 200),
      keep: { proof: '$.id' },
    },
    post('auth-with-otp', { otpId: '{{proof}}', password: '123456' }, 200),
    one('members', 'eve'),
  ],
}

const rules: Scenario = {
  name: 'codes: rules',
  collections: [members({ authRule: 'verified = true' })],
  records: { members: [silent('rue')] },
  steps: [
    withPassword('rue@example.com', 403),
    askCode('first', 'rue@example.com'),
    withCode('first', 200),
    updateCollection('members', { authRule: "@request.context != 'otp'" }, 200),
    askCode('second', 'rue@example.com'),
    withCode('second', 403),
    withCode('second', invalid),
    updateCollection('members', { authRule: null }, 200),
    askCode('third', 'rue@example.com'),
    withCode('third', 403),
  ],
}

const ten: Scenario = {
  name: 'codes: more than ten',
  collections: [members()],
  records: { members: [silent('ted')] },
  steps: [
    ...Array.from({ length: 10 }, (_, i) => askCode(`code${i}`, 'ted@example.com')),
    post('request-otp', { email: 'ted@example.com' }, 200),
    post('request-otp', { email: 'ted@example.com' }, 200),
    list('_otps', { fields: 'recordRef' }),
  ],
}

/** Requests for an address after its tenth code, with six attempts. */
const unknown: Scenario = {
  name: 'codes: for an unknown address',
  collections: [members()],
  steps: [
    ...Array.from({ length: 9 }, () => post('request-otp', { email: 'nobody@example.com' }, 200)),
    { ...post('request-otp', { email: 'nobody@example.com' }, 200), keep: { nobodys: '$.otpId' } },
    post('request-otp', { email: 'nobody@example.com' }, 200),
    ...Array.from({ length: 6 }, () =>
      post('auth-with-otp', { otpId: '{{nobodys}}', password: '1' }, invalid),
    ),
  ],
}

const expired = { status: 400, message: 'Invalid or expired MFA session.' }
const foreign = { status: 400, message: 'Invalid MFA session.' }
const sameMethod = { status: 400, message: 'A different authentication method is required.' }

function challenge(step: Step, name: string): Step {
  return { ...step, gives: 401, keep: { [name]: '$.mfaId' } }
}

const factors: Scenario = {
  name: 'mfa: two factors',
  collections: [
    members({ mfa: { enabled: true, duration: 600, rule: '' } }),
    auth('others', [], { otp, mfa: { enabled: true, duration: 600, rule: '' } }),
  ],
  records: {
    members: [silent('fay'), silent('gus')],
    others: [{ ...silent('other') }],
  },
  steps: [
    { as: 'guest', send: 'GET /api/collections/members/auth-methods' },
    challenge(withPassword('fay@example.com'), 'one'),
    list('_mfas', { fields: '*,id' }),
    withPassword('fay@example.com', sameMethod, { mfaId: '{{one}}' }),
    withPassword('fay@example.com', expired, { mfaId: 'nothing' }),
    withPassword('fay@example.com', 401, { mfaId: '' }),
    post(
      'auth-with-password',
      { identity: 'fay@example.com', password: 'x', mfaId: '{{one}}' },
      400,
    ),
    askCode('code', 'fay@example.com'),
    withCode('code', 200, { mfaId: '{{one}}' }),
    one('members', 'fay'),
    askCode('again', 'fay@example.com'),
    withCode('again', expired, { mfaId: '{{one}}' }),
    withCode('again', invalid),
    askCode('first', 'fay@example.com'),
    challenge(withCode('first'), 'two'),
    { ...withPassword('fay@example.com', 200), query: { mfaId: '{{two}}' } },
    challenge(withPassword('gus@example.com'), 'bobs'),
    askCode('wrong', 'fay@example.com'),
    withCode('wrong', foreign, { mfaId: '{{bobs}}' }),
    challenge(
      post('others/auth-with-password', {
        identity: 'other@example.com',
        password: accountPassword,
      }),
      'others',
    ),
    askCode('bobcode', 'gus@example.com'),
    withCode('bobcode', foreign, { mfaId: '{{others}}' }),
    askCode('bobs2', 'gus@example.com'),
    {
      ...withCode('bobs2', expired, { mfaId: '{{bobs}}' }),
      query: { mfaId: 'nothing' },
    },
    update('members', 'gus', { password: 'x1234567', passwordConfirm: 'x1234567' }, 200),
    list('_mfas', { filter: `recordRef='${longId('gus')}'` }, 200),
    list('_mfas', {}, 200, 'guest'),
  ],
}

const mfaRules: Scenario = {
  name: 'mfa: its rule',
  collections: [members({ mfa: { enabled: true, duration: 600, rule: "name = 'may'" } })],
  records: { members: [silent('may'), silent('ned')] },
  steps: [
    withPassword('may@example.com', 401),
    withPassword('ned@example.com', 200),
    withPassword('ned@example.com', 200, { mfaId: 'nothing' }),
    updateCollection('members', { mfa: { rule: "@request.context = 'password'" } }, 200),
    withPassword('may@example.com', 401),
    updateCollection('members', { mfa: { rule: "@request.auth.id = ''" } }, 200),
    { ...withPassword('may@example.com', 200), as: 'superuser' },
    updateCollection('members', { mfa: { rule: '' } }, 200),
    { ...withPassword('may@example.com', 401), as: 'superuser' },
    updateCollection('members', { mfa: { enabled: false } }, 200),
    withPassword('may@example.com', 200),
  ],
}

const bodies: Scenario = {
  name: 'sign-in: rules about what is sent',
  collections: [members({ authRule: "@request.body.invite = 'x' || @request.query.invite = 'x'" })],
  records: { members: [{ ...silent('ivy'), verified: true }] },
  steps: [
    withPassword('ivy@example.com', 403),
    { ...withPassword('ivy@example.com', 200, { invite: 'x' }), keep: { 'token:ivy': '$.token' } },
    { ...withPassword('ivy@example.com', 200), query: { invite: 'x' } },
    post('auth-refresh', {}, 403, 'ivy'),
    post('auth-refresh', { invite: 'x' }, 200, 'ivy'),
    askCode('code', 'ivy@example.com'),
    withCode('code', 403),
    askCode('again', 'ivy@example.com'),
    withCode('again', 200, { invite: 'x' }),
    updateCollection(
      'members',
      { mfa: { enabled: true, rule: '@request.body.strict = true' } },
      200,
    ),
    withPassword('ivy@example.com', 200, { invite: 'x' }),
    withPassword('ivy@example.com', 401, { invite: 'x', strict: true }),
  ],
}

/** Rows of every kind that belong to an account. */
function belongings(name: string): Step[] {
  const owner = { collectionRef: longId('members'), recordRef: longId(name) }
  return [
    create('_otps', { ...owner, password: '123456' }, 200),
    create('_mfas', { ...owner, method: 'otp' }, 200),
    create('_authOrigins', { ...owner, fingerprint: name }, 200),
    create('_externalAuths', { ...owner, provider: 'google', providerId: name }, 200),
  ]
}

function left(name: string): Step[] {
  return ['_otps', '_mfas', '_authOrigins', '_externalAuths'].map((collection) =>
    list(collection, { filter: `recordRef='${longId(name)}'`, fields: 'recordRef' }, 200),
  )
}

const consequences: Scenario = {
  name: 'codes: what changes of an account leave',
  collections: [members()],
  records: { members: ['ada', 'bea', 'cyd', 'deb', 'eda', 'fia'].map(silent) },
  steps: [
    ...['ada', 'bea', 'cyd', 'deb', 'eda', 'fia'].flatMap(belongings),
    update('members', 'ada', { password: 'x1234567', passwordConfirm: 'x1234567' }, 200),
    ...left('ada'),
    update('members', 'bea', { email: 'new@example.com' }, 200),
    ...left('bea'),
    update('members', 'cyd', { verified: true }, 200),
    ...left('cyd'),
    update('members', 'deb', { 'tokenKey:autogenerate': '' }, 200),
    ...left('deb'),
    update('members', 'eda', { name: 'Eda', email: 'eda@example.com', verified: false }, 200),
    ...left('eda'),
    remove('members', 'fia', 204),
    ...left('fia'),
  ],
}

const alertTemplate = {
  subject: 'New place',
  body: '<p><samp>{ALERT_INFO}</samp><samp>{RECORD:name}</samp><samp>{OTP}</samp></p>',
}

function signInAs(userAgent: string): Step {
  return { ...withPassword('ola@example.com', 200), headers: { 'User-Agent': userAgent } }
}

const origins: Scenario = {
  name: 'origins: the places of an account',
  collections: [members({ authAlert: { enabled: true, emailTemplate: alertTemplate } })],
  records: { members: [silent('ola')] },
  steps: [
    signInAs('one'),
    list('_authOrigins', { filter: `recordRef='${longId('ola')}'` }, 200),
    signInAs('one'),
    { ...signInAs('two <b>'), mail: { to: 'ola@example.com' } },
    { ...signInAs('x'.repeat(300)), mail: { to: 'ola@example.com' } },
    signInAs('x'.repeat(301)),
    { ...signInAs('four'), mail: { to: 'ola@example.com' } },
    { ...signInAs('five'), mail: { to: 'ola@example.com' } },
    { ...signInAs('six'), mail: { to: 'ola@example.com' } },
    list('_authOrigins', { filter: `recordRef='${longId('ola')}'`, sort: 'created' }, 200),
    { ...signInAs('one'), mail: { to: 'ola@example.com' } },
    post('auth-with-password', { identity: 'ola@example.com', password: 'wrong' }, 400),
    list('_authOrigins', {}, 200, 'guest'),
    update('members', 'ola', { password: 'x1234567', passwordConfirm: 'x1234567' }, 200),
    list('_authOrigins', { filter: `recordRef='${longId('ola')}'` }, 200),
  ],
}

/** Codes, second factors, alerts. */
export const oneTimeCodeScenarios: readonly Scenario[] = [
  requests,
  codes,
  attempts,
  placed,
  rules,
  ten,
  unknown,
  factors,
  mfaRules,
  consequences,
  bodies,
  origins,
]
