/* Verification, password reset and email change: every flow with a mail. */
import type { Json } from '../client.ts'
import {
  type Account,
  accountPassword,
  type Expectation,
  longId,
  type Scenario,
  type Step,
} from '../scenario.ts'
import { auth, base, field } from './collections-of.ts'
import { create, one, refused, remove, update, updateCollection } from './steps.ts'

const ann: Account = {
  name: 'ann',
  collection: 'members',
  record: { id: longId('ann'), email: 'ann@example.com', name: 'Ann <b>' },
}
const bob: Account = {
  name: 'bob',
  collection: 'members',
  record: { id: longId('bob'), email: 'bob@example.com', verified: true },
}
/** No other scenario mails this account, which would start a cooldown of two minutes. */
const cal: Account = {
  name: 'cal',
  collection: 'members',
  record: { id: longId('cal'), email: 'cal@example.com' },
}
const dot: Account = {
  name: 'dot',
  collection: 'members',
  record: { id: longId('dot'), email: 'dot@example.com' },
}

const marked =
  '<p><samp>{TOKEN}</samp><samp>{APP_NAME}</samp><samp>{APP_URL}</samp><samp>{RECORD:id}</samp>' +
  '<samp>{RECORD:name}</samp><samp>{RECORD:email}</samp><samp>{RECORD:verified}</samp>' +
  '<samp>{RECORD:created}</samp><samp>{RECORD:secret}</samp><samp>{RECORD:nothing}</samp><samp>{OTP}</samp></p>'

const members = auth('members', [
  field('text', 'name'),
  field('text', 'secret', { hidden: true }),
  field('autodate', 'created', { onCreate: true }),
])

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

const badToken = 'validation_invalid_token'

/** Strings that are no valid token. The last ones are unsigned, with all kinds of claims. */
const nonsense = [
  'nonsense',
  'a.b.c',
  '{{token:ann}}',
  unsigned({}),
  unsigned({ id: longId('ann'), collectionId: longId('members'), type: 'verification' }),
  unsigned({
    id: longId('ann'),
    collectionId: longId('members'),
    type: 'verification',
    email: 'ann@example.com',
    newEmail: 'free@example.com',
    exp: 9_999_999_999,
  }),
  unsigned({
    id: longId('ann'),
    collectionId: longId('members'),
    type: 'emailChange',
    email: 'ann@example.com',
    newEmail: 'bob@example.com',
    exp: 9_999_999_999,
  }),
  unsigned({ id: longId('ann'), collectionId: 'nothing', type: 'passwordReset', email: 5 }),
  unsigned({ id: 5, collectionId: longId('plain'), type: 'passwordReset', email: true }),
]

function unsigned(claims: Json): string {
  const part = (value: Json): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.${'A'.repeat(43)}`
}

const verification: Scenario = {
  name: 'mails: an address is verified',
  collections: [members, auth('others', []), base('plain', [])],
  accounts: [ann, bob],
  steps: [
    ...['', 'ann', 'ann@', 'x'.repeat(260)].map((email) => post('request-verification', { email })),
    post('request-verification', {}, refused({ email: 'validation_required' })),
    post('request-verification', { email: 5 }, 400),
    post('request-verification', [], 400),
    post('_superusers/request-verification', {}, 400),
    post('_superusers/confirm-verification', {}, 400),
    post('plain/request-verification', {}, 404),
    post('nothing/request-verification', {}, 404),
    post('request-verification', { email: 'nobody@example.com' }, 204),
    post('request-verification', { email: 'bob@example.com' }, 204),
    {
      ...post('request-verification', { email: 'ann@example.com' }, 204),
      mail: { to: 'ann@example.com', keep: 'proof' },
    },
    post('request-verification', { email: 'ann@example.com' }, 204),
    post('confirm-verification', {}, refused({ token: 'validation_required' })),
    post('confirm-verification', { token: 5 }, 400),
    ...nonsense.map((token) => post('confirm-verification', { token }, 400)),
    post('others/confirm-verification', { token: '{{proof}}' }, 400),
    post('plain/confirm-verification', { token: '{{proof}}' }, 404),
    post(
      'confirm-password-reset',
      { token: '{{proof}}', password: 'x', passwordConfirm: 'y' },
      400,
    ),
    post('confirm-email-change', { token: '{{proof}}', password: accountPassword }, 400),
    post('confirm-verification', { token: '{{proof}}' }, 204),
    one('members', 'ann'),
    post('confirm-verification', { token: '{{proof}}' }, 204),
    post('request-verification', { email: 'ann@example.com' }, 204),
    { as: 'ann', send: 'POST /api/collections/members/auth-refresh', gives: 200 },
    update('members', 'ann', { email: 'moved@example.com' }, 200),
    post('confirm-verification', { token: '{{proof}}' }, refused({ token: badToken })),
  ],
}

const verifiedEffects: Scenario = {
  name: 'mails: what a verified address changes',
  collections: [members],
  accounts: [ann, { ...bob, record: { ...bob.record, verified: false } }],
  records: {
    _externalAuths: [
      {
        id: longId('link'),
        collectionRef: longId('members'),
        recordRef: longId('ann'),
        provider: 'google',
        providerId: '1',
      },
    ],
  },
  steps: [
    {
      ...post('request-verification', { email: 'ann@example.com' }, 204),
      mail: { to: 'ann@example.com', keep: 'proof' },
    },
    {
      ...post('request-verification', { email: 'bob@example.com' }, 204),
      mail: { to: 'bob@example.com', keep: 'proofOfBob' },
    },
    post('confirm-verification', { token: '{{proof}}' }, 204),
    one('_externalAuths', 'link', {}, 404),
    { as: 'ann', send: 'POST /api/collections/members/auth-refresh', gives: 401 },
    post('confirm-verification', { token: '{{proof}}' }, refused({ token: badToken })),
    updateCollection('members', { passwordAuth: { enabled: false } }, 200),
    post('confirm-verification', { token: '{{proofOfBob}}' }, 204),
    { as: 'bob', send: 'POST /api/collections/members/auth-refresh', gives: 401 },
    updateCollection('members', { passwordAuth: { enabled: true } }, 200),
    post('auth-with-password', { identity: 'bob@example.com', password: accountPassword }, 400),
  ],
}

const passwordReset: Scenario = {
  name: 'mails: a password is reset',
  collections: [members, auth('others', [])],
  accounts: [ann, bob],
  steps: [
    post('request-password-reset', {}, refused({ email: 'validation_required' })),
    post('request-password-reset', { email: 'ann' }, refused({ email: 'validation_is_email' })),
    post('request-password-reset', { email: 'nobody@example.com' }, 204),
    {
      ...post('request-password-reset', { email: 'ann@example.com' }, 204),
      mail: { to: 'ann@example.com', keep: 'reset' },
    },
    post('request-password-reset', { email: 'ann@example.com' }, 204),
    {
      ...post('request-password-reset', { email: 'bob@example.com' }, 204),
      mail: { to: 'bob@example.com', keep: 'resetOfBob' },
    },
    post('confirm-password-reset', {}, 400),
    post('confirm-password-reset', { token: '', password: '', passwordConfirm: '' }, 400),
    ...nonsense.map((token) =>
      post(
        'confirm-password-reset',
        { token, password: 'new-password', passwordConfirm: 'x' },
        400,
      ),
    ),
    ...['short', 'x'.repeat(72), 'x'.repeat(73), 'é'.repeat(40), 'x'.repeat(256)].map((password) =>
      post('confirm-password-reset', {
        token: password.length === 72 ? 'nonsense' : '{{reset}}',
        password,
        passwordConfirm: password,
      }),
    ),
    post('confirm-password-reset', { token: '{{reset}}', password: 5, passwordConfirm: 5 }, 400),
    post(
      'others/confirm-password-reset',
      { token: '{{reset}}', password: 'new-password', passwordConfirm: 'new-password' },
      refused({ token: 'validation_token_collection_mismatch' }),
    ),
    post('confirm-verification', { token: '{{reset}}' }, refused({ token: badToken })),
    post('confirm-email-change', { token: '{{reset}}', password: accountPassword }, 400),
    { as: 'ann', send: 'POST /api/collections/members/auth-refresh', gives: 200 },
    post(
      'confirm-password-reset',
      { token: '{{reset}}', password: 'new-password', passwordConfirm: 'new-password' },
      204,
      'ann',
    ),
    one('members', 'ann'),
    { as: 'ann', send: 'POST /api/collections/members/auth-refresh', gives: 401 },
    post('auth-with-password', { identity: 'ann@example.com', password: accountPassword }, 400),
    post('auth-with-password', { identity: 'ann@example.com', password: 'new-password' }, 200),
    post(
      'confirm-password-reset',
      { token: '{{reset}}', password: 'new-password', passwordConfirm: 'new-password' },
      refused({ token: badToken }),
    ),
    {
      ...post('request-password-reset', { email: 'ann@example.com' }, 204),
      mail: { to: 'ann@example.com', keep: 'again' },
    },
    updateCollection('members', { passwordAuth: { enabled: false } }, 200),
    post('request-password-reset', { email: 'ann@example.com' }, 400),
    post('request-password-reset', {}, 400),
    post(
      'confirm-password-reset',
      { token: '{{again}}', password: 'newer-password', passwordConfirm: 'newer-password' },
      204,
    ),
    remove('members', 'bob', 204),
    post(
      'confirm-password-reset',
      { token: '{{resetOfBob}}', password: 'new-password', passwordConfirm: 'new-password' },
      refused({ token: badToken }),
    ),
  ],
}

const emailChange: Scenario = {
  name: 'mails: an address is changed',
  collections: [members, auth('others', [])],
  accounts: [
    ann,
    bob,
    { name: 'eve', collection: 'others', record: { id: longId('eve'), email: 'eve@example.com' } },
  ],
  steps: [
    ...['guest', 'eve', 'superuser'].map((as) =>
      post('request-email-change', { newEmail: 'new@example.com' }, undefined, as),
    ),
    post('_superusers/request-email-change', {}, 401),
    post('_superusers/request-email-change', {}, 400, 'superuser'),
    post('_superusers/confirm-email-change', {}, 400),
    ...['', 'ann', 'x'.repeat(260), 'ann@example.com', 'bob@example.com'].map((newEmail) =>
      post('request-email-change', { newEmail }, 400, 'ann'),
    ),
    post('request-email-change', { newEmail: 5 }, 400, 'ann'),
    ...['first', 'second', 'third'].map((name): Step => ({
      ...post('request-email-change', { newEmail: `${name}@example.com` }, 204, 'ann'),
      mail: { to: `${name}@example.com`, keep: name },
    })),
    {
      ...post('request-email-change', { newEmail: 'first@example.com' }, 204, 'ann'),
      mail: { to: 'first@example.com', keep: 'first' },
    },
    post('confirm-email-change', {}, 400),
    ...nonsense.map((token) =>
      post('confirm-email-change', { token, password: accountPassword }, 400),
    ),
    ...['', 'wrong', 'x'.repeat(101)].map((password) =>
      post('confirm-email-change', { token: '{{first}}', password }, 400),
    ),
    post('confirm-email-change', { token: '', password: accountPassword }, 400),
    post('others/confirm-email-change', { token: '{{first}}', password: accountPassword }, 400),
    post('confirm-verification', { token: '{{first}}' }, refused({ token: badToken })),
    post(
      'confirm-password-reset',
      { token: '{{first}}', password: 'new-password', passwordConfirm: 'new-password' },
      refused({ token: badToken }),
    ),
    create('members', {
      id: longId('dan'),
      email: 'third@example.com',
      password: accountPassword,
      passwordConfirm: accountPassword,
    }),
    post('confirm-email-change', { token: '{{third}}', password: accountPassword }, 400),
    post('confirm-email-change', { token: '{{third}}', password: 'wrong' }, 400),
    post('others/confirm-email-change', { token: '{{third}}', password: accountPassword }, 400),
    { as: 'ann', send: 'POST /api/collections/members/auth-refresh', gives: 200 },
    post('confirm-email-change', { token: '{{first}}', password: accountPassword }, 204),
    one('members', 'ann'),
    { as: 'ann', send: 'POST /api/collections/members/auth-refresh', gives: 401 },
    post('confirm-email-change', { token: '{{first}}', password: accountPassword }, 400),
    post('confirm-email-change', { token: '{{second}}', password: accountPassword }, 400),
    post('auth-with-password', { identity: 'first@example.com', password: accountPassword }, 200),
  ],
}

const templates: Scenario = {
  name: 'mails: templates and their placeholders',
  collections: [
    {
      ...members,
      verificationTemplate: { subject: 'V {RECORD:name} {APP_NAME} {TOKEN', body: marked },
      resetPasswordTemplate: { subject: 'R {RECORD:email} {OTP}', body: marked },
      confirmEmailChangeTemplate: { subject: 'E é {RECORD:id} {RECORD:none}', body: marked },
      verificationToken: { duration: 100 },
      passwordResetToken: { duration: 200 },
      emailChangeToken: { duration: 300 },
    },
  ],
  accounts: [ann, cal],
  steps: [
    {
      ...post('request-verification', { email: 'ann@example.com' }, 204),
      mail: { to: 'ann@example.com', keep: 'proof' },
    },
    {
      ...post('request-password-reset', { email: 'ann@example.com' }, 204),
      mail: { to: 'ann@example.com', keep: 'reset' },
    },
    {
      ...post('request-email-change', { newEmail: 'new@example.com' }, 204, 'ann'),
      mail: { to: 'new@example.com', keep: 'change' },
    },
    post('confirm-verification', { token: '{{proof}}' }, 204),
    post('confirm-email-change', { token: '{{change}}', password: accountPassword }, 204),
    {
      send: 'PATCH /api/settings',
      json: {
        meta: { appURL: 'https://app.example.com/', senderName: 'Ünal', appName: 'A & B' },
      },
      query: { fields: 'meta' },
    },
    post(
      'auth-with-password',
      { identity: 'new@example.com', password: accountPassword },
      {
        status: 200,
      },
    ),
    {
      ...post('request-password-reset', { email: 'cal@example.com' }, 204),
      mail: { to: 'cal@example.com', keep: 'reset' },
    },
  ],
}

const invalidatedTokens: Scenario = {
  name: 'mails: what makes a token invalid',
  collections: [members],
  accounts: [{ ...cal, record: { ...cal.record, id: longId('cil') } }, dot],
  steps: [
    {
      ...post('request-verification', { email: 'cal@example.com' }, 204),
      mail: { to: 'cal@example.com', keep: 'proof' },
    },
    updateCollection(
      'members',
      { verificationToken: { secret: 'another-secret-of-at-least-thirty-characters' } },
      200,
    ),
    post('confirm-verification', { token: '{{proof}}' }, refused({ token: badToken })),
    {
      ...post('request-password-reset', { email: 'dot@example.com' }, 204),
      mail: { to: 'dot@example.com', keep: 'reset' },
    },
    update('members', 'dot', { tokenKey: 'another-token-key-of-at-least-thirty-characters' }, 200),
    post(
      'confirm-password-reset',
      { token: '{{reset}}', password: 'new-password', passwordConfirm: 'new-password' },
      refused({ token: badToken }),
    ),
  ],
}

const deafServer: Scenario = {
  name: 'mails: a mail server that does not answer',
  // A mail that waits for the server expires and is dropped before the next attempt.
  collections: [{ ...members, emailChangeToken: { duration: 10 } }],
  accounts: [dot],
  steps: [
    {
      send: 'PATCH /api/settings',
      json: { smtp: { port: 9 } },
      query: { fields: 'smtp.port' },
      gives: 200,
    },
    post('request-email-change', { newEmail: 'new@example.com' }, 400, 'dot'),
    post('request-email-change', { newEmail: 'dot@example.com' }, 400, 'dot'),
  ],
}

/** The scenarios of this area. */
export const accountMailScenarios: readonly Scenario[] = [
  verification,
  verifiedEffects,
  passwordReset,
  emailChange,
  templates,
  invalidatedTokens,
  deafServer,
]
