import { beforeEach, describe, it } from 'vitest'
import {
  password as good,
  signIn,
  type SignedIn,
  signInSuperuser,
  signUp,
} from '../../support/accounts.ts'
import { tokenIn } from '../../support/account-tokens.ts'
import { changeCollection } from '../../support/collections.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

const users = '/api/collections/users'

let app: TestApp
let superuser: SignedIn
let list: Response

beforeEach(async () => {
  list = new Response('password\n12345678\nbaseball1\nsunshine\n')
  const assets = { fetch: async () => list.clone() }
  app = createTestApp({ ASSETS: assets })
  superuser = await signInSuperuser(app)
  const settings = {
    meta: { appName: 'Acme Harbour', appURL: 'https://shop.example.com' },
    rateLimits: { enabled: false },
  }
  await app.patch('/api/settings', settings, { token: superuser.token })
})

async function demand(password: Readonly<Record<string, unknown>>): Promise<void> {
  await changeCollection(app, superuser.token, 'users', { security: { password } })
}

function register(password: string, data: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
  const account = { email: 'ada.lovelace@example.org', name: 'Ada King', ...data }
  return app.post(`${users}/records`, { ...account, password, passwordConfirm: password })
}

const refusal = (code: string): object => ({
  status: 400,
  data: { password: { code } },
})

describe('security.password.common', () => {
  it('refuses the most common passwords, however they are written', async ({ expect }) => {
    await demand({ common: true })

    for (const password of ['password', 'Password1', 'P@ssw0rd!', '12345678', 'SUNSHINE2024']) {
      expect((await register(password)).body, password).toMatchObject(
        refusal('validation_password_common'),
      )
    }
    expect((await register('unlikely-fjord-piano')).status).toBe(200)
  })

  it('is off by default', async ({ expect }) => {
    expect((await register('12345678')).status).toBe(200)
  })

  it('answers 503 while the list cannot be read, and reads it later', async ({ expect }) => {
    await demand({ common: true })
    const there = list
    list = new Response('<!doctype html>')
    expect((await register('unlikely-fjord-piano')).status).toBe(503)

    list = there
    expect((await register('unlikely-fjord-piano')).status).toBe(200)
  })

  it('judges a change, a reset and each request of a batch', async ({ expect }) => {
    const ada = await signUp(app, 'ada@example.org')
    await demand({ common: true })
    const change = { oldPassword: good, password: '12345678', passwordConfirm: '12345678' }

    const own = await app.patch(`${users}/records/${ada.id}`, change, { token: ada.token })
    const managed = await app.patch(`${users}/records/${ada.id}`, change, superuser)
    await app.patch('/api/settings', { batch: { enabled: true } }, superuser)
    const batch = await app.post(
      '/api/batch',
      { requests: [{ method: 'PATCH', url: `${users}/records/${ada.id}`, body: change }] },
      { token: ada.token },
    )
    await app.post(`${users}/request-password-reset`, { email: 'ada@example.org' })
    const token = tokenIn(app.mailbox.last())
    const reset = await app.post(`${users}/confirm-password-reset`, {
      token,
      password: '12345678',
      passwordConfirm: '12345678',
    })

    for (const { status, body } of [own, managed, batch, reset]) {
      expect(status).toBe(400)
      expect(JSON.stringify(body)).toContain('validation_password_common')
    }
    expect((await signIn(app, 'users', 'ada@example.org')).token).toEqual(expect.any(String))
  })

  it('leaves an account alone whose password is not changed', async ({ expect }) => {
    await register('12345678')
    await demand({ common: true })
    const { body } = await app.post(`${users}/auth-with-password`, {
      identity: 'ada.lovelace@example.org',
      password: '12345678',
    })
    const { token, record } = body as { token: string; record: { id: string } }

    const answer = await app.patch(`${users}/records/${record.id}`, { name: 'Ada' }, { token })
    expect(answer.status).toBe(200)
  })
})

describe('security.password.personal and words', () => {
  const known = [
    'ada.lovelace@example.org',
    'Lovelace1815',
    'L0velace-Ad4',
    'acmeharbour1',
    'shop.example',
  ]
  for (const password of known) {
    it(`refuse ${password}`, async ({ expect }) => {
      await demand({ personal: true })

      expect((await register(password)).body).toMatchObject(refusal('validation_password_personal'))
    })
  }

  it('accept a password in which enough else remains', async ({ expect }) => {
    await demand({ personal: true })

    expect((await register('lovelace-and-the-engine')).status).toBe(200)
    expect((await register('unrelated-words', { email: 'b@example.org' })).status).toBe(200)
  })

  it('refuse the words of the collection', async ({ expect }) => {
    await demand({ words: ['zeppelin'] })

    expect((await register('Zeppel1n99')).body).toMatchObject(
      refusal('validation_password_personal'),
    )
    expect((await register('lovelace1815')).status).toBe(200)
  })

  it('judge the address in a reset', async ({ expect }) => {
    await signUp(app, 'wintermute@example.org')
    await demand({ personal: true })
    await app.post(`${users}/request-password-reset`, { email: 'wintermute@example.org' })
    const token = tokenIn(app.mailbox.last())

    const { body } = await app.post(`${users}/confirm-password-reset`, {
      token,
      password: 'Wintermute1',
      passwordConfirm: 'Wintermute1',
    })

    expect(JSON.stringify(body)).toContain('validation_password_personal')
  })

  for (const words of [['abc'], [''], ['x'.repeat(73)], Array(101).fill('word')]) {
    it(`refuse the option words ${JSON.stringify(words).slice(0, 20)}`, async ({ expect }) => {
      const body = { security: { password: { words } } }
      const answer = await app.patch('/api/collections/users', body, superuser)

      expect(answer.status).toBe(400)
      expect(answer.body).toHaveProperty('data.security.password.words')
    })
  }
})
