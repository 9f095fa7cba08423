import type { Collection } from '#catalog/collection.ts'
import { type Json, json, ref } from './json.ts'
import { operation, type OperationSketch, type PathEntry } from './operation.ts'
import { schemaName } from './record-schemas.ts'

const text = { type: 'string' } as const
const secret = { type: 'string', format: 'password' } as const
const flag = { type: 'boolean' } as const
const codes = { type: 'array', items: text } as const
const name = { ...text, maxLength: 100 } as const
const mfaId = { ...text, description: 'The challenge of a sign-in.' } as const

/**
 * The operations for the second factors of an account: proving one's identity again and managing
 * factors; where authenticators are enabled, also adding them and signing in with them.
 */
export function factorPaths(collection: Collection, owner: Json): readonly PathEntry[] {
  const { auth } = collection
  if (auth === undefined) return []
  const signedIn = { schema: ref('schemas', schemaName(collection, 'auth')) }
  const of = (
    method: OperationSketch['method'],
    action: string,
    id: string,
    rest: Omit<OperationSketch, 'method' | 'path' | 'id' | 'tag' | 'errors'>,
  ): PathEntry =>
    operation({
      errors: [401, 403, 404],
      ...rest,
      method,
      path: `/api/collections/${collection.name}/${action}`,
      id: `${collection.name}_${id}`,
      tag: collection.name,
    })

  return [
    of('get', 'factors', 'factors', {
      summary: 'Lists the second factors of the caller',
      needs: 'account',
      parameters: [owner],
      answer: {
        schema: form({
          items: { type: 'array', items: factor },
          recoveryCodes: { type: 'integer', description: 'The number of unused ones.' },
          required: flag,
        }),
      },
    }),
    of('patch', 'factors/{id}', 'renameFactor', {
      summary: 'Renames an authenticator of the caller',
      needs: 'account',
      body: json(form({ name })),
      answer: { schema: factor },
    }),
    of('delete', 'factors/{id}', 'removeFactor', {
      summary: 'Removes a second factor of the caller',
      needs: 'account',
      parameters: [owner],
    }),
    of('post', 'step-up', 'stepUp', {
      summary: 'Proves the identity of the caller again',
      needs: 'account',
      body: json(form(stepUpMembers, ['method'])),
      answer: signedIn,
    }),
    ...(auth.security.totp.enabled
      ? [
          of('post', 'factors/totp', 'addAuthenticator', {
            summary: 'Begins to add an authenticator',
            body: json(form({ name, mfaId }, [])),
            answer: { schema: enrolment },
          }),
          of('post', 'factors/totp/{id}/confirm', 'confirmAuthenticator', {
            summary: 'Adds an authenticator by a code that it shows',
            body: json(form({ code: text, mfaId, endOtherSessions: flag }, ['code'])),
            answer: {
              schema: form(
                {
                  token: text,
                  record: ref('schemas', schemaName(collection, 'record')),
                  factor,
                  recoveryCodes: { ...codes, description: 'With the first factor.' },
                },
                ['token', 'record', 'factor'],
              ),
            },
          }),
          of('post', 'factors/recovery-codes', 'newRecoveryCodes', {
            summary: 'Replaces the recovery codes of the caller',
            needs: 'account',
            answer: { schema: form({ recoveryCodes: codes }) },
          }),
          of('post', 'auth-with-totp', 'authWithTotp', {
            summary: 'Completes a sign-in with the code of an authenticator',
            body: json(form({ mfaId, code: text })),
            answer: signedIn,
          }),
          of('post', 'auth-with-recovery-code', 'authWithRecoveryCode', {
            summary: 'Completes a sign-in with a recovery code',
            body: json(form({ mfaId, code: text })),
            answer: signedIn,
          }),
        ]
      : []),
  ]
}

function form(properties: Json, required: readonly string[] = Object.keys(properties)): Json {
  return { type: 'object', properties, required }
}

const factor = form({
  id: text,
  type: text,
  name: text,
  confirmed: { ...flag, description: 'False until a code was entered.' },
  synced: flag,
  created: text,
  lastUsed: { ...text, description: 'Empty if it was never used.' },
})

const enrolment = form({
  id: text,
  secret: { ...text, description: 'The seed in base32.' },
  uri: { ...text, description: 'To show as a QR code.' },
  digits: { type: 'integer' },
  period: { type: 'integer' },
  algorithm: text,
})

/** Each method needs some of them. */
const stepUpMembers: Json = {
  method: { ...text, enum: ['password', 'totp', 'recovery', 'otp', 'oauth2'] },
  password: secret,
  code: text,
  otpId: text,
  provider: text,
  codeVerifier: text,
  redirectURL: text,
  nonce: text,
}
