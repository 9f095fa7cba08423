/* Signing in with providers: errors, and how accounts are found, created and linked. */
import type { Json } from '../client.ts'
import { type Account, type Expectation, longId, type Scenario, type Step } from '../scenario.ts'
import { codeOf } from '../servers/sign-in-provider.ts'
import { auth, base, type Body, field } from './collections-of.ts'
import { list, one, refused, remove, updateCollection } from './steps.ts'

/** The provider of both servers. Its URL is known once the run has begun. */
function provider(options: Body = {}): Body {
  return {
    name: 'oidc',
    clientId: 'cid',
    clientSecret: 'shh',
    authURL: '{{provider}}/auth',
    tokenURL: '{{provider}}/token',
    userInfoURL: '{{provider}}/me',
    ...options,
  }
}

function oauth2(options: Body = {}): Body {
  return { enabled: true, providers: [provider()], ...options }
}

function members(options: Body = {}): Body {
  return auth('members', [field('text', 'name'), field('text', 'nick')], {
    listRule: '',
    viewRule: '',
    createRule: '',
    oauth2: oauth2({ mappedFields: { name: 'name' } }),
    ...options,
  })
}

function person(name: string): Account {
  const record = { id: longId(name), email: `${name}@example.com` }
  return { name, collection: 'members', record }
}

/** A user of the provider, with a verified address by default. */
function userOf(name: string, claims: Body = {}): Body {
  return { sub: `sub-${name}`, email: `${name}@example.com`, email_verified: true, name, ...claims }
}

function withBody(json: Json, gives?: Expectation, as = 'guest', collection = 'members'): Step {
  return {
    as,
    send: `POST /api/collections/${collection}/auth-with-oauth2`,
    json,
    ...(gives === undefined ? {} : { gives }),
  }
}

function withUser(user: Body, gives?: Expectation, more: Body = {}, as = 'guest'): Step {
  const json = {
    provider: 'oidc',
    code: codeOf(user),
    codeVerifier: 'verifier',
    redirectURL: 'https://app.example.com/',
    ...more,
  }
  return withBody(json, gives, as)
}

function withPassword(account: Account, gives: Expectation): Step {
  return {
    as: 'guest',
    send: 'POST /api/collections/members/auth-with-password',
    json: { identity: account.record['email'] ?? '', password: 'parity-1234567' },
    gives,
  }
}

function links(): Step {
  return { ...list('_externalAuths', { sort: 'created,id' }), isUnordered: true }
}

const unloadable = 'An error occurred while loading the submitted data.'
const failed = { status: 400, message: 'Failed to authenticate.' }
const noToken = { status: 400, message: 'Failed to fetch OAuth2 token.' }
const noUser = { status: 400, message: 'Failed to fetch OAuth2 user.' }

const validation: Scenario = {
  name: 'oauth2: what is refused before a provider is asked',
  collections: [members(), auth('without', []), base('plain', [])],
  steps: [
    withBody(
      {},
      refused({ provider: 'validation_required', code: 'validation_required' }, unloadable),
    ),
    withBody({ provider: 'oidc' }, refused({ code: 'validation_required' })),
    withBody(
      { provider: 'nope', code: 'x' },
      refused({ provider: 'validation_invalid_provider' }, unloadable),
    ),
    withBody(
      { provider: 'github', code: 'x' },
      refused({ provider: 'validation_invalid_provider' }),
    ),
    withBody(
      { provider: 'x'.repeat(101), code: 'x' },
      refused({ provider: 'validation_length_too_long' }),
    ),
    withBody({ provider: 'oidc', code: 1 }, { status: 400, message: unloadable }),
    withBody({ provider: ['oidc'], code: 'x' }, { status: 400, message: unloadable }),
    withBody(
      { provider: 'oidc', code: 'x', createData: 'x' },
      { status: 400, message: unloadable },
    ),
    withBody({ provider: 'oidc', code: 'x', createData: [] }, { status: 400, message: unloadable }),
    withBody({ provider: null, code: null }),
    {
      as: 'guest',
      send: 'POST /api/collections/members/auth-with-oauth2',
      raw: { type: 'application/json', text: '{' },
    },
    {
      as: 'guest',
      send: 'POST /api/collections/members/auth-with-oauth2',
      form: [['provider', 'nope']],
    },
    withBody({}, { status: 403 }, 'guest', 'without'),
    withBody({}, { status: 403 }, 'guest', '_superusers'),
    withBody({}, { status: 404 }, 'guest', 'plain'),
    withBody({}, { status: 404 }, 'guest', 'missing'),
    withBody({}, { status: 400 }, 'superuser'),
  ],
}

const conversations: Scenario = {
  name: 'oauth2: what providers answer',
  collections: [
    members({
      oauth2: oauth2({
        providers: [
          provider(),
          provider({ name: 'oidc2', tokenURL: '{{provider}}/body-only' }),
          provider({ name: 'oidc3', tokenURL: '{{provider}}/basic-only' }),
          provider({ name: 'gitlab', userInfoURL: '{{provider}}/broken' }),
          provider({ name: 'google', userInfoURL: '{{provider}}/me' }),
          provider({ name: 'gitea', tokenURL: '{{provider}}/broken' }),
          provider({ name: 'box', userInfoURL: '{{provider}}/me' }),
        ],
      }),
    }),
  ],
  steps: [
    withBody({ provider: 'oidc', code: 'refused' }, noToken),
    withBody({ provider: 'gitea', code: 'x' }, noToken),
    withBody({ provider: 'oidc', code: 'no-json' }, noUser),
    withUser(userOf('ann'), noUser, { provider: 'gitlab' }),
    withUser({ id: '1', status: 'inactive' }, noUser, { provider: 'box' }),
    withUser({ id: '1', status: 'active', login: 'bea@example.com' }, 200, { provider: 'box' }),
    withUser(userOf('cid'), 200, { provider: 'oidc2' }),
    withUser(userOf('dan'), 200, { provider: 'oidc3' }),
    withUser(userOf('eve', { email_verified: 'true' }), 200),
    withUser(userOf('eve', { picture: 'https://x.example.com/p.png', locale: 'en' }), 200, {
      provider: 'google',
    }),
    withUser(userOf('fay', { sub: '' }), failed),
    withBody({ provider: 'oidc', code: codeOf(userOf('gus')), redirectUrl: 'https://app/' }, 200),
    {
      ...withUser(userOf('ann'), 200),
      query: { fields: 'meta.isNew,meta.rawUser.sub,record.email' },
    },
    links(),
  ],
}

const nowhere: Scenario = {
  name: 'oauth2: a user from nowhere',
  collections: [members({ oauth2: oauth2({ providers: [provider({ userInfoURL: '' })] }) })],
  steps: [withUser(userOf('ann'))],
}

const creation: Scenario = {
  name: 'oauth2: accounts that are made',
  collections: [
    members({
      indexes: ["CREATE UNIQUE INDEX idx_nick ON members (nick) WHERE nick != ''"],
      oauth2: oauth2({ mappedFields: { name: 'name', username: 'nick' } }),
    }),
  ],
  steps: [
    withUser(userOf('ann', { preferred_username: 'annie' }), 200),
    withUser(userOf('ann', { preferred_username: 'annie' }), 200),
    withUser(userOf('bob', { preferred_username: 'annie' }), 200),
    withUser(userOf('cid'), 200, { createData: { name: 'Own', nick: 'own' } }),
    withUser(userOf('dan'), 200, { createData: { email: 'other@example.com' } }),
    withUser(userOf('eve', { email_verified: false }), refused({ email: 'validation_required' })),
    withUser(userOf('fay'), refused({ verified: 'validation_values_mismatch' }), {
      createData: { verified: true },
    }),
    withUser(userOf('gus'), refused({ passwordConfirm: 'validation_values_mismatch' }), {
      createData: { password: 'parity-1234567', passwordConfirm: 'x' },
    }),
    withUser(userOf('hal'), 200, {
      createData: { password: 'parity-1234567', passwordConfirm: 'parity-1234567' },
    }),
    withPassword(person('hal'), 200),
    withUser(userOf('ivy'), refused({ nick: 'validation_not_unique' }), {
      createData: { nick: 'annie' },
    }),
    withUser(userOf('jon'), refused({ email: 'validation_not_unique' }), {
      createData: { email: 'ann@example.com' },
    }),
    updateCollection('members', { createRule: "@request.context = 'default'" }),
    withUser(userOf('kim'), 400),
    updateCollection('members', { createRule: "@request.context = 'oauth2' && name = 'kim'" }),
    withUser(userOf('kim'), 200),
    updateCollection('members', { createRule: null }),
    withUser(userOf('lea'), 403),
    withUser(userOf('lea'), 200, {}, 'superuser'),
    updateCollection('members', { createRule: '', authRule: "nick = 'approved'" }),
    withUser(userOf('max'), 403),
    { ...list('members', { sort: 'email' }), isUnordered: true },
    links(),
  ],
}

const ann = person('ann')
const bob = person('bob')

const linking: Scenario = {
  name: 'oauth2: accounts that are found',
  collections: [members()],
  accounts: [ann, bob],
  steps: [
    // Unverified addresses find no account, and accounts with an unverified address lose their
    // previous user.
    withUser(userOf('ann', { email_verified: false, sub: 'mallory' }), 400),
    withPassword(ann, 200),
    withUser({ ...userOf('mallory'), sub: 'mallory' }, 200, {}, 'ann'),
    links(),
    withUser(userOf('ann'), 200),
    withPassword(ann, failed),
    one('members', 'ann', {}, undefined, 'ann'),
    links(),

    // A caller who is signed in keeps the account and the session.
    withUser(userOf('bob'), 200, {}, 'bob'),
    withPassword(bob, 200),
    one('members', 'bob', {}, undefined, 'bob'),
    links(),
    withUser({ ...userOf('bob'), email: 'moved@example.com' }, 200),
    withUser({ ...userOf('bob'), sub: 'another-of-bob' }, failed),
    remove('members', 'bob', 204),
    links(),
  ],
}

const factors: Scenario = {
  name: 'oauth2: with a second factor',
  collections: [members({ mfa: { enabled: true, duration: 600, rule: '' } })],
  accounts: [],
  steps: [
    { ...withUser(userOf('ann'), 401), keep: { mfa: '$.mfaId' } },
    withUser(
      userOf('ann'),
      { status: 400, message: 'A different authentication method is required.' },
      { mfaId: '{{mfa}}' },
    ),
    withUser(userOf('ann'), 400, { mfaId: 'missing' }),
  ],
}

const redirects: Scenario = {
  name: 'oauth2: redirects without a waiting client',
  steps: [
    { as: 'guest', send: 'GET /api/oauth2-redirect' },
    { as: 'guest', send: 'GET /api/oauth2-redirect?state=x&code=y' },
    { as: 'guest', send: 'GET /api/oauth2-redirect?state=x&error=denied' },
    { as: 'guest', send: 'POST /api/oauth2-redirect', form: [['state', 'x']] },
    { as: 'guest', send: 'POST /api/oauth2-redirect', json: { state: 1 } },
    { as: 'guest', send: 'HEAD /api/oauth2-redirect' },
    { as: 'guest', send: 'PUT /api/oauth2-redirect', gives: 404 },
  ],
}

/** A key that was generated for this scenario and is used for nothing else. */
const privateKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqiNWQXwvBam6Ivd6
lMYUokiRwctkWegQ3imMjLXgfP+hRANCAASf+YyGP1zigVK/NZqk46j4FsZrtDbU
rCpMLcYLvdBVGMZKguMyJR+dcgx1B5zT5zHXj37ldemPZVLY/eoidb4z
-----END PRIVATE KEY-----`

function appleSecret(json: Json, gives?: Expectation, as = 'superuser'): Step {
  const send = 'POST /api/settings/apple/generate-client-secret'
  return { as, send, json, ...(gives === undefined ? {} : { gives }) }
}

const appleForm = {
  clientId: 'com.example.app',
  teamId: 'TEAM567890',
  keyId: 'KEY4567890',
  privateKey,
  duration: 3600,
}

const apple: Scenario = {
  name: 'oauth2: the client secret of Apple',
  collections: [members()],
  accounts: [ann],
  steps: [
    appleSecret(appleForm, 200),
    appleSecret({}, 400),
    appleSecret({ ...appleForm, teamId: 'short', keyId: 'much too long' }, 400),
    appleSecret({ ...appleForm, privateKey: 'nonsense', duration: -1 }, 400),
    appleSecret({ ...appleForm, duration: 15777001 }, 400),
    appleSecret(
      { ...appleForm, privateKey: '-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----' },
      400,
    ),
    appleSecret({ clientId: 1 }, 400),
    appleSecret(appleForm, 401, 'guest'),
    appleSecret(appleForm, 403, 'ann'),
  ],
}

/** Scenarios of providers. */
export const oauth2Scenarios: readonly Scenario[] = [
  validation,
  conversations,
  nowhere,
  creation,
  linking,
  factors,
  redirects,
  apple,
]
