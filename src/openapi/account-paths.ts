import type { Collection } from '#catalog/collection.ts'
import { type Audience, acceptsSignIn } from './audience.ts'
import { type Json, json, ref } from './json.ts'
import { factorPaths } from './factor-paths.ts'
import { operation, type OperationSketch, type PathEntry } from './operation.ts'
import { schemaName } from './record-schemas.ts'
import { statePaths } from './state-paths.ts'

const text = { type: 'string' } as const
const secret = { type: 'string', format: 'password' } as const
const address = { type: 'string', format: 'email' } as const

/** The operations for accounts of an auth collection: the enabled ways to sign in, and their mails. */
export function accountPaths(collection: Collection, audience: Audience): readonly PathEntry[] {
  const { auth, name } = collection
  if (auth === undefined || !acceptsSignIn(audience, collection)) return []
  const path = `/api/collections/${name}`
  const answer = { schema: ref('schemas', schemaName(collection, 'auth')) }
  const post = (
    id: string,
    action: string,
    rest: Omit<OperationSketch, 'method' | 'path' | 'id' | 'tag'>,
  ): PathEntry =>
    operation({
      errors: [403, 404],
      ...rest,
      method: 'post',
      path: `${path}/${action}`,
      id: `${name}_${id}`,
      tag: name,
    })
  const isChallenging = auth.mfa.enabled || auth.security.totp.enabled
  const signIn = (id: string, action: string, summary: string, members: Json): PathEntry =>
    post(id, action, {
      summary,
      body: json(
        form(
          { ...members, ...(isChallenging ? { mfaId: text } : {}) },
          Object.keys(members).filter((key) => !optionalMembers.includes(key)),
        ),
      ),
      answer,
      ...(isChallenging ? { others: mfaNeeded } : {}),
    })

  return [
    operation({
      method: 'get',
      path: `${path}/auth-methods`,
      id: `${name}_authMethods`,
      tag: name,
      summary: 'Lists the ways to sign in',
      answer: { schema: authMethodsSchema },
      errors: [404],
    }),
    ...(auth.passwordAuth.enabled
      ? [
          signIn('authWithPassword', 'auth-with-password', 'Signs in with a password', {
            identity: {
              ...text,
              description: `One of: ${auth.passwordAuth.identityFields.join(', ')}.`,
            },
            password: secret,
            identityField: text,
          }),
        ]
      : []),
    ...(auth.oauth2.enabled
      ? [
          signIn('authWithOAuth2', 'auth-with-oauth2', 'Signs in with a provider', {
            provider: { ...text, enum: auth.oauth2.providers.map((provider) => provider.name) },
            code: text,
            codeVerifier: text,
            redirectURL: text,
            createData: { type: 'object' },
          }),
        ]
      : []),
    ...(auth.otp.enabled
      ? [
          post('requestOTP', 'request-otp', {
            summary: 'Mails a code to sign in with',
            body: json(form({ email: address })),
            answer: { schema: form({ otpId: text }) },
          }),
          signIn('authWithOTP', 'auth-with-otp', 'Signs in with a mailed code', {
            otpId: text,
            password: { ...secret, description: 'The code.' },
          }),
        ]
      : []),
    post('authRefresh', 'auth-refresh', {
      summary: 'Returns a new token for the one of the request',
      needs: 'account',
      answer,
    }),
    post('requestVerification', 'request-verification', {
      summary: 'Mails a link that verifies the address',
      body: json(form({ email: address })),
    }),
    post('confirmVerification', 'confirm-verification', {
      summary: 'Verifies an address by the token of a mail',
      body: json(form({ token: text })),
    }),
    ...(auth.passwordAuth.enabled
      ? [
          post('requestPasswordReset', 'request-password-reset', {
            summary: 'Mails a link to set a new password',
            body: json(form({ email: address })),
          }),
          post('confirmPasswordReset', 'confirm-password-reset', {
            summary: 'Sets a new password by the token of a mail',
            body: json(form({ token: text, password: secret, passwordConfirm: secret })),
          }),
        ]
      : []),
    post('requestEmailChange', 'request-email-change', {
      summary: 'Mails a link that changes the address of the caller',
      needs: 'account',
      body: json(form({ newEmail: address })),
    }),
    post('confirmEmailChange', 'confirm-email-change', {
      summary: 'Changes an address by the token of a mail',
      body: json(form({ token: text, password: secret })),
    }),
    post('logout', 'logout', { summary: 'Ends the session of the caller', needs: 'account' }),
    operation({
      method: 'get',
      path: `${path}/sessions`,
      id: `${name}_sessions`,
      tag: name,
      summary: 'Lists the sessions of the caller',
      needs: 'account',
      parameters: [ownerParameter],
      answer: { schema: form({ items: { type: 'array', items: sessionSchema } }) },
      errors: [403, 404],
    }),
    operation({
      method: 'delete',
      path: `${path}/sessions`,
      id: `${name}_endSessions`,
      tag: name,
      summary: 'Ends the other sessions of the caller',
      needs: 'account',
      parameters: [ownerParameter],
      errors: [403, 404],
    }),
    operation({
      method: 'delete',
      path: `${path}/sessions/{id}`,
      id: `${name}_endSession`,
      tag: name,
      summary: 'Ends a session of the caller',
      needs: 'account',
      parameters: [ownerParameter],
      errors: [403, 404],
    }),
    ...factorPaths(collection, ownerParameter),
    ...(audience === 'superuser'
      ? [
          ...statePaths(collection),
          post('impersonate', 'impersonate/{id}', {
            summary: 'Returns a token of an account',
            needs: 'superuser',
            body: json({
              type: 'object',
              properties: {
                duration: { type: 'integer', minimum: 0, description: 'In seconds.' },
              },
            }),
            isBodyOptional: true,
            answer,
          }),
        ]
      : []),
  ]
}

/** The response to a sign-in. */
export function authSchema(collection: Collection): Json {
  return {
    type: 'object',
    properties: {
      token: text,
      record: ref('schemas', schemaName(collection, 'record')),
      meta: { type: 'object', description: 'The data of the provider.' },
    },
    required: ['token', 'record'],
  }
}

/** The members of forms that clients may leave out. */
const optionalMembers = ['identityField', 'createData']

function form(properties: Json, required: readonly string[] = Object.keys(properties)): Json {
  return { type: 'object', properties, required }
}

const mfaNeeded = {
  401: {
    description: 'A second factor is needed. Send `mfaId` with it.',
    content: json(
      form(
        {
          mfaId: text,
          methods: { type: 'array', items: text, description: 'With which one can go on.' },
          enrol: { type: 'boolean', description: 'True if an authenticator has to be added.' },
        },
        ['mfaId'],
      ),
    ),
  },
}

const ownerParameter: Json = {
  name: 'record',
  in: 'query',
  description: 'The account, for superusers.',
  schema: text,
}

const sessionSchema = form({
  id: text,
  created: text,
  lastSeen: text,
  device: text,
  place: text,
  methods: { type: 'array', items: text, description: 'By which its owner signed in.' },
  kind: { ...text, enum: ['session', 'impersonation'] },
  current: { type: 'boolean' },
})

const switchable = form({ enabled: { type: 'boolean' }, duration: { type: 'integer' } })

const providersSchema = { type: 'array', items: { type: 'object' } } as const

const authMethodsSchema: Json = {
  type: 'object',
  properties: {
    password: form({
      enabled: { type: 'boolean' },
      identityFields: { type: 'array', items: text },
    }),
    oauth2: form({
      enabled: { type: 'boolean' },
      providers: providersSchema,
    }),
    mfa: switchable,
    otp: switchable,
    totp: { ...form({ enabled: { type: 'boolean' } }), description: 'Only while it is enabled.' },
    authProviders: { ...providersSchema, type: ['array', 'null'], deprecated: true },
    usernamePassword: { type: 'boolean', deprecated: true },
    emailPassword: { type: 'boolean', deprecated: true },
  },
  required: ['password', 'oauth2', 'mfa', 'otp'],
}
