import { beforeEach, describe, it } from 'vitest'
import { type SignedIn, signInSuperuser } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

let app: TestApp
let superuser: SignedIn

beforeEach(async () => {
  app = createTestApp()
  superuser = await signInSuperuser(app)
})

function change(body: unknown): Promise<Answer> {
  return app.patch('/api/collections/users', body, { token: superuser.token })
}

async function stored(): Promise<Record<string, unknown>> {
  const row = await bindings.DB.prepare(
    `SELECT "options" FROM "_collections" WHERE "name" = 'users'`,
  ).first()
  return JSON.parse(String(row?.['options'])) as Record<string, unknown>
}

const defaults = {
  mfa: { methods: [], enrolled: 'totp', enrolAtSignIn: true },
  totp: { enabled: false, issuer: '', skew: 1 },
  stepUp: { maxAge: 600, actions: [] },
  session: { maxLifetime: 0, maxCount: 0 },
  password: { common: false, personal: false, words: [] },
  alerts: { factors: true, guessing: true },
}

describe('the options under security', () => {
  it('are neither shown nor stored while they are the defaults', async ({ expect }) => {
    const { body } = await change({ security: defaults })

    expect(body).not.toHaveProperty('security')
    expect(await stored()).not.toHaveProperty('security')
    const { body: scaffolds } = await app.get('/api/collections/meta/scaffolds', superuser)
    expect(JSON.stringify(scaffolds)).not.toContain('"security"')
  })

  it('merge with what is stored, and stay when they are not sent', async ({ expect }) => {
    await change({ security: { totp: { enabled: true } } })
    const merged = { ...defaults, totp: { enabled: true, issuer: 'Shop', skew: 1 } }

    const { body } = await change({ security: { totp: { issuer: 'Shop' } } })
    const { body: unchanged } = await change({ name: 'users' })

    expect(body).toMatchObject({ security: merged })
    expect(unchanged).toMatchObject({ security: merged })
    expect((await stored())['security']).toEqual(merged)
  })

  it('lose nothing when a client sends back what it read', async ({ expect }) => {
    const { body } = await change({ security: { totp: { enabled: true } } })

    const { updated: before, ...read } = body as Record<string, unknown>
    const { body: again } = await change(body)

    expect(before).toEqual(expect.any(String))
    expect(again).toMatchObject(read)
  })

  it('get their defaults back by null, as a whole and in part', async ({ expect }) => {
    await change({ security: { totp: { enabled: true }, stepUp: { maxAge: 60 } } })

    const { body: part } = await change({ security: { stepUp: null } })
    const { body: whole } = await change({ security: null })

    expect(part).toMatchObject({ security: { totp: { enabled: true }, stepUp: { maxAge: 600 } } })
    expect(whole).not.toHaveProperty('security')
  })

  it('keep their values and get them back by null in an import too', async ({ expect }) => {
    await change({ security: { totp: { enabled: true } } })
    const importing = (collection: unknown): Promise<Answer> =>
      app.request('PUT', '/api/collections/import', {
        token: superuser.token,
        body: { collections: [collection] },
      })

    expect((await importing({ name: 'users', type: 'auth' })).status).toBe(204)
    expect(await stored()).toHaveProperty('security')
    expect((await importing({ name: 'users', type: 'auth', security: null })).status).toBe(204)
    expect(await stored()).not.toHaveProperty('security')
  })

  const faults = [
    {
      name: 'an unknown method',
      at: 'mfa.methods.0',
      value: ['sms'],
      code: 'validation_unknown_method',
    },
    {
      name: 'a passkey, which does not exist yet',
      at: 'mfa.methods.0',
      value: ['passkey'],
      code: 'validation_unknown_method',
    },
    {
      name: 'an unknown way to ask',
      at: 'mfa.enrolled',
      value: 'sometimes',
      code: 'validation_in_invalid',
    },
    {
      name: 'an issuer with a colon',
      at: 'totp.issuer',
      value: 'a:b',
      code: 'validation_match_invalid',
    },
    {
      name: 'a skew of two',
      at: 'totp.skew',
      value: 2,
      code: 'validation_max_less_equal_than_required',
    },
    {
      name: 'a negative skew',
      at: 'totp.skew',
      value: -1,
      code: 'validation_min_greater_equal_than_required',
    },
    {
      name: 'an age of a second',
      at: 'stepUp.maxAge',
      value: 1,
      code: 'validation_min_greater_equal_than_required',
    },
    {
      name: 'an unknown action',
      at: 'stepUp.actions.0',
      value: ['breathe'],
      code: 'validation_in_invalid',
    },
  ]
  for (const { name, at, value, code } of faults) {
    it(`reject ${name}, at its place`, async ({ expect }) => {
      const [part = '', option = '', position] = at.split('.')

      const { status, body } = await change({ security: { [part]: { [option]: value } } })

      expect(status).toBe(400)
      const issue = { code, message: expect.any(String) }
      const nested = position === undefined ? issue : { [position]: issue }
      expect(body).toMatchObject({ data: { security: { [part]: { [option]: nested } } } })
    })
  }

  it('reject second factors without an enabled one', async ({ expect }) => {
    const { status, body } = await change({
      security: { totp: { enabled: true }, mfa: { methods: ['otp'] } },
    })

    expect(status).toBe(400)
    expect(body).toMatchObject({
      data: { security: { mfa: { methods: { code: 'validation_mfa_not_enough_auths' } } } },
    })
  })

  it('count an authenticator among the two methods that mfa needs', async ({ expect }) => {
    expect((await change({ mfa: { enabled: true } })).status).toBe(400)

    expect(
      (await change({ mfa: { enabled: true }, security: { totp: { enabled: true } } })).status,
    ).toBe(200)
  })

  it('of a later version are ignored, and its missing parts have their defaults', async ({
    expect,
  }) => {
    const security = JSON.stringify({ totp: { enabled: true }, passkey: { enabled: true } })
    await bindings.DB.prepare(
      `UPDATE "_collections" SET "options" = json_set("options", '$.security', json(?)) WHERE "name" = 'users'`,
    )
      .bind(security)
      .run()

    const { body } = await createTestApp().get('/api/collections/users', superuser)

    expect(body).toMatchObject({ security: { ...defaults, totp: { enabled: true } } })
    expect((body as { security: object }).security).not.toHaveProperty('passkey')
  })
})
