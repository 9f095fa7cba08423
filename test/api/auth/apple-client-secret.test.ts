import { decodeProtectedHeader, exportPKCS8, generateKeyPair, jwtVerify } from 'jose'
import { beforeEach, describe, it } from 'vitest'
import { type SignedIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { codesOf } from '../../support/collections.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })

const form = {
  clientId: 'com.example.app',
  teamId: 'TEAM567890',
  keyId: 'KEY4567890',
  privateKey: await exportPKCS8(privateKey),
  duration: 3600,
}

let app: TestApp
let superuser: SignedIn

beforeEach(async () => {
  app = createTestApp()
  superuser = await signInSuperuser(app)
})

async function generate(
  changes: Readonly<Record<string, unknown>> = {},
  token: string | undefined = superuser.token,
): Promise<Answer> {
  const body = { ...form, ...changes }
  return await app.post('/api/settings/apple/generate-client-secret', body, { token })
}

describe('POST /api/settings/apple/generate-client-secret', () => {
  it('signs Apple’s claims with the developer’s key', async ({ expect }) => {
    const { status, body } = await generate()

    const { secret } = body as { secret: string }
    const { payload } = await jwtVerify(secret, publicKey)
    const now = Math.floor(Date.now() / 1000)
    expect(status).toBe(200)
    expect(decodeProtectedHeader(secret)).toEqual({ alg: 'ES256', kid: 'KEY4567890', typ: 'JWT' })
    expect(payload).toEqual({
      iss: 'TEAM567890',
      sub: 'com.example.app',
      aud: ['https://appleid.apple.com'],
      iat: expect.closeTo(now, -1),
      exp: (payload.iat ?? 0) + 3600,
    })
  })

  it.for([
    {
      name: 'nothing',
      changes: { clientId: '', teamId: '', keyId: '', privateKey: '', duration: 0 },
      codes: {
        clientId: 'validation_required',
        teamId: 'validation_required',
        keyId: 'validation_required',
        privateKey: 'validation_required',
        duration: 'validation_required',
      },
    },
    {
      name: 'ids of another length',
      changes: { teamId: 'short', keyId: 'much too long' },
      codes: { teamId: 'validation_length_invalid', keyId: 'validation_length_invalid' },
    },
    {
      name: 'a key of another kind',
      changes: { privateKey: form.privateKey.replaceAll('PRIVATE', 'RSA PRIVATE') },
      codes: { privateKey: 'validation_match_invalid' },
    },
    {
      name: 'a duration below one',
      changes: { duration: -1 },
      codes: { duration: 'validation_min_greater_equal_than_required' },
    },
    {
      name: 'more than half a year',
      changes: { duration: 15777001 },
      codes: { duration: 'validation_max_less_equal_than_required' },
    },
  ])('refuses $name', async ({ changes, codes }, { expect }) => {
    const answer = await generate(changes)

    expect(answer.body).toMatchObject({ status: 400, message: 'Invalid client secret data.' })
    expect(codesOf(answer)).toEqual(codes)
  })

  it('rejects an invalid key without repeating it', async ({ expect }) => {
    const broken = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----'

    const { status, body } = await generate({ privateKey: broken })

    expect(status).toBe(400)
    expect(body).toMatchObject({
      data: {},
      message: expect.stringMatching(/^Failed to generate client secret\. Raw error: \n./),
    })
    expect(JSON.stringify(body)).not.toContain('c2VjcmV0')
  })

  it('refuses values of another type', async ({ expect }) => {
    const { body } = await generate({ clientId: 1 })

    expect(body).toMatchObject({
      message: 'An error occurred while loading the submitted data.',
    })
  })

  it('is for superusers only', async ({ expect }) => {
    const user = await signUp(app, 'user@example.com')

    expect((await generate({}, '')).status).toBe(401)
    expect((await generate({}, user.token)).status).toBe(403)
  })
})
