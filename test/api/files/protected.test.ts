import { describe, it, vi } from 'vitest'
import { type SignedIn, signIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { changeCollection, createCollections } from '../../support/collections.ts'
import { formOf } from '../../support/stored-files.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

const notFound = { data: {}, message: "The requested resource wasn't found.", status: 404 }

interface Vault {
  readonly app: TestApp
  readonly admin: SignedIn
  readonly owner: SignedIn
  readonly stranger: SignedIn
  readonly outsider: SignedIn
  /** A protected file of the owner. */
  readonly path: string
  /** The same, through a view with a public rule. */
  readonly viewPath: string
  tokenFor(account: SignedIn): Promise<string>
  open(token?: string, headers?: Record<string, string>): Promise<Answer>
}

async function createVault(): Promise<Vault> {
  const app = createTestApp()
  const admin = await signInSuperuser(app)
  await createCollections(
    app,
    admin.token,
    { name: 'staff', type: 'auth' },
    {
      name: 'letters',
      viewRule: "@request.auth.collectionName = 'users' && owner = @request.auth.id",
      fields: [
        { type: 'file', name: 'scan', protected: true },
        { type: 'relation', name: 'owner', collectionId: '_pb_users_auth_' },
      ],
    },
    { name: 'published', type: 'view', viewRule: '', viewQuery: 'SELECT id, scan FROM letters' },
  )
  const owner = await signUp(app, 'owner@example.com')
  const stranger = await signUp(app, 'stranger@example.com')
  const outsider = await signUp(app, 'outsider@example.com', {}, 'staff')
  const form = formOf(['owner', owner.id], ['scan', new File(['secret'], 'scan.txt')])
  const { body } = await app.post('/api/collections/letters/records', form, { token: admin.token })
  const { id, scan } = body as { id: string; scan: string }
  const path = `/api/files/letters/${id}/${scan}`
  return {
    ...{ app, admin, owner, stranger, outsider, path },
    viewPath: `/api/files/published/${id}/${scan}`,
    async tokenFor({ token }) {
      const answer = await app.post('/api/files/token', undefined, { token })
      return (answer.body as { token: string }).token
    },
    open: (token, headers = {}) =>
      app.get(token === undefined ? path : `${path}?token=${token}`, { headers }),
  }
}

describe('a protected file', () => {
  it('opens with a file token of a superuser, or of an account that the view rule admits', async ({
    expect,
  }) => {
    const { admin, owner, tokenFor, open } = await createVault()

    expect(await open(await tokenFor(owner))).toMatchObject({ status: 200, body: 'secret' })
    expect(await open(await tokenFor(admin))).toMatchObject({ status: 200, body: 'secret' })
  })

  it.for([
    ['no token', () => undefined],
    ['nonsense', () => 'nonsense'],
    ['a token of another user', ({ stranger, tokenFor }: Vault) => tokenFor(stranger)],
    ['a token of another collection', ({ outsider, tokenFor }: Vault) => tokenFor(outsider)],
    ['a token for signing in', ({ owner }: Vault) => owner.token],
    [
      'a forged token',
      async ({ owner, tokenFor }: Vault) => `${(await tokenFor(owner)).slice(0, -4)}AAAA`,
    ],
    [
      'a token from before a change of the password',
      async ({ app, admin, owner, tokenFor }: Vault) => {
        const token = await tokenFor(owner)
        const password = 'another-1234567'
        const changed = { password, passwordConfirm: password }
        await app.patch(`/api/collections/users/records/${owner.id}`, changed, {
          token: admin.token,
        })
        return token
      },
    ],
    [
      'a token of an account that is gone',
      async ({ app, admin, owner, tokenFor }: Vault) => {
        const token = await tokenFor(owner)
        await changeCollection(app, admin.token, 'letters', { viewRule: "@request.auth.id != ''" })
        await app.delete(`/api/collections/users/records/${owner.id}`, { token: admin.token })
        return token
      },
    ],
  ] as const)('is not there for %s', async ([, tokenOf], { expect }) => {
    const vault = await createVault()

    const { status, body } = await vault.open(await tokenOf(vault))

    expect([status, body]).toEqual([404, notFound])
  })

  it('is never cached: neither whole, nor in part, nor unchanged', async ({ expect }) => {
    const { app, owner, tokenFor, open, viewPath } = await createVault()
    const token = await tokenFor(owner)

    const whole = await open(token)
    const part = await open(token, { Range: 'bytes=0-1' })
    const same = await open(token, { 'If-None-Match': whole.headers.get('etag') ?? '' })
    const byOpenRule = await app.get(viewPath)

    const answers = [whole, part, same, byOpenRule]
    expect(answers.map(({ status }) => status)).toEqual([200, 206, 304, 200])
    for (const { headers } of answers) {
      expect(headers.get('cache-control')).toBe('private, no-store')
    }
  })

  it('ignores the signed-in caller', async ({ expect }) => {
    const { admin, owner, open } = await createVault()

    for (const { token } of [admin, owner]) {
      expect((await open(undefined, { Authorization: token })).status).toBe(404)
    }
  })

  it('is rejected after the token expired', async ({ expect }) => {
    const { owner, tokenFor, open } = await createVault()
    const token = await tokenFor(owner)

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 181_000 })
    const { status } = await open(token)
    vi.useRealTimers()

    expect(status).toBe(404)
  })

  it('is rejected for all but superusers while the rule is locked', async ({ expect }) => {
    const { app, admin, owner, tokenFor, open } = await createVault()
    await changeCollection(app, admin.token, 'letters', { viewRule: null })

    expect((await open(await tokenFor(owner))).status).toBe(404)
    expect((await open(await tokenFor(admin))).status).toBe(200)
  })

  it('is checked with its own context', async ({ expect }) => {
    const { app, admin, open } = await createVault()
    const viewRule = "@request.context = 'protectedFile'"
    await changeCollection(app, admin.token, 'letters', { viewRule })

    expect((await open()).status).toBe(200)
  })

  it('is checked by the view’s rule when it is read through a view', async ({ expect }) => {
    const { app, admin, viewPath } = await createVault()

    expect((await app.get(viewPath)).body).toBe('secret')
    await changeCollection(app, admin.token, 'published', { viewRule: null })
    expect((await app.get(viewPath)).status).toBe(404)
  })

  it('is rejected for superusers from unlisted addresses', async ({ expect }) => {
    const { app, admin, tokenFor, path } = await createVault()
    const token = await tokenFor(admin)
    const from = (ip: string) =>
      app.get(`${path}?token=${token}`, { headers: { 'CF-Connecting-IP': ip } })
    await app.patch('/api/settings', { superuserIPs: ['203.0.113.7'] }, { token: admin.token })

    expect((await from('203.0.113.8')).status).toBe(404)
    expect((await from('203.0.113.7')).status).toBe(200)
  })
})

describe('a token for files', () => {
  it.for([
    ['a guest', () => undefined],
    ['nonsense', () => 'nonsense'],
    [
      'a session that has ended',
      async ({ app }: Vault) => {
        const { token } = await signIn(app, 'users', 'owner@example.com')
        await app.post('/api/collections/users/logout', undefined, { token })
        return token
      },
    ],
    ['a token for files', ({ owner, tokenFor }: Vault) => tokenFor(owner)],
  ] as const)('is not given to %s', async ([, tokenOf], { expect }) => {
    const vault = await createVault()
    const token = await tokenOf(vault)

    const { status, body } = await vault.app.post(
      '/api/files/token',
      undefined,
      token === undefined ? {} : { token },
    )

    expect([status, body]).toEqual([
      401,
      { data: {}, message: 'The request requires valid record authorization token.', status: 401 },
    ])
  })

  it('is valid for nothing else', async ({ expect }) => {
    const { app, owner, tokenFor } = await createVault()

    const answer = await app.post('/api/collections/users/auth-refresh', undefined, {
      token: await tokenFor(owner),
    })

    expect(answer.status).toBe(401)
  })
})
