import { describe, it } from 'vitest'
import { password, type SignedIn, signIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { changeCollection, codesOf } from '../../support/collections.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

const users = '/api/collections/users/records'
const superusers = '/api/collections/_superusers/records'
const secret = { password, passwordConfirm: password }

interface World {
  readonly app: TestApp
  readonly admin: SignedIn
  readonly user: SignedIn
  /** The path of the user's record. */
  readonly own: string
}

async function createWorld(): Promise<World> {
  const app = createTestApp()
  const admin = await signInSuperuser(app)
  await app.patch('/api/settings', { rateLimits: { enabled: false } }, { token: admin.token })
  const user = await signUp(app, 'user@example.com')
  return { app, admin, user, own: `${users}/${user.id}` }
}

/** The status of reading one's own record with a token. */
async function statusOf({ app, own }: World, token: string): Promise<number> {
  return (await app.get(own, { token })).status
}

async function tokenKeyOf(id: string, table = 'users'): Promise<unknown> {
  const row = await bindings.DB.prepare(`SELECT "tokenKey" FROM "${table}" WHERE "id" = ?`)
    .bind(id)
    .first()
  return row?.['tokenKey']
}

async function signInStatus({ app }: World, identity: string, secretText: string) {
  const body = { identity, password: secretText }
  return (await app.post('/api/collections/users/auth-with-password', body)).status
}

describe('a new account', () => {
  it.for([
    ['needs a password', {}, { password: 'required', passwordConfirm: 'required' }],
    ['needs the password twice', { password }, { passwordConfirm: 'required' }],
    [
      'needs the same password twice',
      { password, passwordConfirm: `${password}x` },
      { passwordConfirm: 'values_mismatch' },
    ],
    ['is not verified', { ...secret, verified: true }, { verified: 'values_mismatch' }],
    ['needs a long password', short('1234567'), { password: 'min_text_constraint' }],
    ['needs no endless password', short('x'.repeat(72)), { password: 'max_text_constraint' }],
    ['needs an address that is one', { ...secret, email: 'x' }, { email: 'is_email' }],
    ['needs an unused address', { ...secret, email: 'user@example.com' }, { email: 'not_unique' }],
  ] as const)('%s', async ([, body, codes], { expect }) => {
    const { app } = await createWorld()

    const answer = await app.post(users, { email: 'new@example.com', ...body })

    expect(answer.body).toMatchObject({ status: 400, message: 'Failed to create record.' })
    const expected = Object.entries(codes).map(([field, code]) => [field, `validation_${code}`])
    expect(codesOf(answer)).toEqual(Object.fromEntries(expected))
  })

  function short(text: string) {
    return { password: text, passwordConfirm: text }
  }

  it('gets the issues of its form before other issues', async ({ expect }) => {
    const { app } = await createWorld()

    const answer = await app.post(users, { email: 'x' })

    expect(Object.keys(codesOf(answer))).toEqual(['password', 'passwordConfirm'])
  })

  it('keeps its password as a hash', async ({ expect }) => {
    const { user } = await createWorld()

    const row = await bindings.DB.prepare('SELECT "password" FROM "users" WHERE "id" = ?')
      .bind(user.id)
      .first()

    expect(row?.['password']).toMatch(/^\$argon2id\$/)
  })

  it('gets a token key that clients cannot choose', async ({ expect }) => {
    const { app } = await createWorld()
    const tokenKey = 'x'.repeat(50)

    const created = await app.post(users, { ...secret, email: 'new@example.com', tokenKey })

    const { id } = created.body as { id: string }
    expect(await tokenKeyOf(id)).toMatch(/^[A-Za-z0-9]{50}$/)
    expect(await tokenKeyOf(id)).not.toBe(tokenKey)
  })

  it('hides its email from others', async ({ expect }) => {
    const { app } = await createWorld()

    const created = await app.post(users, { ...secret, email: 'new@example.com' })

    expect(created.status).toBe(200)
    expect(created.body).not.toHaveProperty('email')
  })

  it('created by a manager may be verified, and shows its email', async ({ expect }) => {
    const { app, admin, user } = await createWorld()
    await changeCollection(app, admin.token, 'users', {
      manageRule: "@request.auth.email = 'user@example.com' && name != 'ceo'",
    })
    const body = { ...secret, email: 'new@example.com', verified: true }

    const managed = await app.post(users, body, { token: user.token })
    const unmanaged = await app.post(
      ...[users, { ...body, email: 'ceo@example.com', name: 'ceo' }, { token: user.token }],
    )
    const guest = await app.post(users, { ...body, email: 'guest@example.com' })

    expect(managed.body).toMatchObject({ verified: true, email: 'new@example.com' })
    expect(codesOf(unmanaged)).toEqual({ verified: 'validation_values_mismatch' })
    expect(codesOf(guest)).toEqual({ verified: 'validation_values_mismatch' })
  })

  it('of a superuser needs its password twice, too', async ({ expect }) => {
    const { app, admin } = await createWorld()

    const bare = await app.post(users, { email: 'new@example.com' }, { token: admin.token })
    const verified = await app.post(
      ...[users, { ...secret, email: 'new@example.com', verified: true }, { token: admin.token }],
    )

    expect(codesOf(bare)).toEqual({
      password: 'validation_required',
      passwordConfirm: 'validation_required',
    })
    expect(verified.body).toMatchObject({ verified: true, email: 'new@example.com' })
  })
})

describe('a new password', () => {
  const next = { password: 'battery-staple', passwordConfirm: 'battery-staple' }

  it.for([
    ['needs the old one', next, { oldPassword: 'required' }],
    [
      'needs the right old one',
      { ...next, oldPassword: 'wrong' },
      { oldPassword: 'invalid_old_password' },
    ],
    [
      'needs a confirmation',
      { oldPassword: password, password: 'battery-staple' },
      { passwordConfirm: 'required' },
    ],
    [
      'needs the right confirmation',
      { ...next, oldPassword: password, passwordConfirm: 'x' },
      { passwordConfirm: 'values_mismatch' },
    ],
    [
      'is there when the old one is',
      { oldPassword: password },
      { password: 'required', passwordConfirm: 'required' },
    ],
    [
      'is long enough',
      { oldPassword: password, password: 'short', passwordConfirm: 'short' },
      { password: 'min_text_constraint' },
    ],
    ['is not blank', { password: '' }, { password: 'required' }],
  ] as const)('%s', async ([, body, codes], { expect }) => {
    const world = await createWorld()
    const { app, own, user } = world
    const before = await tokenKeyOf(user.id)

    const answer = await app.patch(own, body, { token: user.token })

    expect(answer.body).toMatchObject({ status: 400, message: 'Failed to update record.' })
    const expected = Object.entries(codes).map(([field, code]) => [field, `validation_${code}`])
    expect(codesOf(answer)).toEqual(Object.fromEntries(expected))
    expect(await tokenKeyOf(user.id)).toBe(before)
    expect(await signInStatus(world, 'user@example.com', password)).toBe(200)
  })

  it('ends all sessions except the one that set it, at once', async ({ expect }) => {
    const world = await createWorld()
    const { app, own, user } = world
    const elsewhere = await signIn(createTestApp(), 'users', 'user@example.com')
    const before = await tokenKeyOf(user.id)

    const answer = await app.patch(own, { ...next, oldPassword: password }, { token: user.token })

    expect(answer.status).toBe(200)
    expect(await statusOf(world, elsewhere.token)).toBe(404)
    expect(await statusOf(world, user.token)).toBe(200)
    expect(await tokenKeyOf(user.id)).not.toBe(before)
    expect(await signInStatus(world, 'user@example.com', password)).toBe(400)
    expect(await signInStatus(world, 'user@example.com', 'battery-staple')).toBe(200)
  })

  it('can be set repeatedly by the same session', async ({ expect }) => {
    const world = await createWorld()
    const { app, own, user } = world

    for (const [oldPassword, text] of [
      [password, 'battery-staple-1'],
      ['battery-staple-1', 'battery-staple-2'],
    ]) {
      const body = { oldPassword, password: text, passwordConfirm: text }
      expect((await app.patch(own, body, { token: user.token })).status).toBe(200)
      expect(await statusOf(world, user.token)).toBe(200)
    }
    const refreshed = await app.post('/api/collections/users/auth-refresh', undefined, {
      token: user.token,
    })
    expect(refreshed.status).toBe(200)
  })

  it('ends all sessions even if it equals the old one', async ({ expect }) => {
    const world = await createWorld()
    const elsewhere = await signIn(world.app, 'users', 'user@example.com')

    await world.app.patch(
      ...[world.own, { ...secret, oldPassword: password }, { token: world.user.token }],
    )

    expect(await statusOf(world, elsewhere.token)).toBe(404)
  })

  it('from a superuser needs no old one, and ends all sessions', async ({ expect }) => {
    const world = await createWorld()
    const { app, admin, own, user } = world

    const answer = await app.patch(own, next, { token: admin.token })

    expect(answer.status).toBe(200)
    expect(await statusOf(world, user.token)).toBe(404)
    expect(await statusOf(world, admin.token)).toBe(200)
    expect(await signInStatus(world, 'user@example.com', 'battery-staple')).toBe(200)
  })

  it('from a manager needs no old one, and ends all sessions', async ({ expect }) => {
    const world = await createWorld()
    const { app, admin, own, user } = world
    await changeCollection(app, admin.token, 'users', {
      ...{ updateRule: "@request.auth.id != ''" },
      manageRule: "@request.auth.email = 'boss@example.com' && @request.auth.id != id",
    })
    const boss = await signUp(app, 'boss@example.com')

    const stranger = await app.patch(`${users}/${boss.id}`, next, { token: user.token })
    const managed = await app.patch(own, next, { token: boss.token })
    const herOwn = await app.patch(`${users}/${boss.id}`, next, { token: boss.token })

    expect(codesOf(stranger)).toEqual({ oldPassword: 'validation_required' })
    expect(managed.status).toBe(200)
    expect(await statusOf(world, user.token)).toBe(404)
    expect(codesOf(herOwn)).toEqual({ oldPassword: 'validation_required' })
  })

  it('removes known devices and challenges', async ({ expect }) => {
    const { app, admin, own, user } = await createWorld()
    const owned = { collectionRef: '_pb_users_auth_', recordRef: user.id }
    for (const [name, data] of [
      ['_authOrigins', { fingerprint: 'f' }],
      ['_mfas', { method: 'password' }],
      ['_otps', { password: '12345678' }],
      ['_externalAuths', { provider: 'github', providerId: '1' }],
    ] as const) {
      const path = `/api/collections/${name}/records`
      await app.post(path, { ...owned, ...data }, { token: admin.token })
    }

    await app.patch(own, { ...next, oldPassword: password }, { token: user.token })

    const left: Record<string, unknown> = {}
    for (const name of ['_authOrigins', '_mfas', '_otps', '_externalAuths']) {
      const theirs = `/api/collections/${name}/records?filter=(recordRef='${user.id}')`
      const { body } = await app.get(theirs, { token: admin.token })
      left[name] = (body as { totalItems: number }).totalItems
    }
    expect(left).toEqual({ _authOrigins: 0, _mfas: 0, _otps: 0, _externalAuths: 1 })
  })

  it('is set once by two concurrent requests', async ({ expect }) => {
    const world = await createWorld()
    const { app, own, user } = world
    const set = (text: string): Promise<Answer> => {
      const body = { oldPassword: password, password: text, passwordConfirm: text }
      return app.patch(own, body, { token: user.token })
    }

    const [one, two] = await Promise.all([set('battery-staple-1'), set('battery-staple-2')])

    const statuses = [one.status, two.status].toSorted((a, b) => a - b)
    expect(statuses[0]).toBe(200)
    expect(statuses[1]).toBe(400)
    const works = [
      await signInStatus(world, 'user@example.com', 'battery-staple-1'),
      await signInStatus(world, 'user@example.com', 'battery-staple-2'),
    ]
    expect(works).toEqual(one.status === 200 ? [200, 400] : [400, 200])
  })
})

describe('an address', () => {
  it('is not changed by its owner', async ({ expect }) => {
    const { app, own, user } = await createWorld()

    const other = await app.patch(own, { email: 'other@example.com' }, { token: user.token })
    const same = await app.patch(own, { email: 'user@example.com' }, { token: user.token })

    expect(other.body).toEqual({
      data: { email: { code: 'validation_values_mismatch', message: "Values don't match." } },
      message: 'Failed to update record.',
      status: 400,
    })
    expect(same.status).toBe(200)
  })

  it('the same one ends no session', async ({ expect }) => {
    const world = await createWorld()
    const { app, own, user } = world
    const elsewhere = await signIn(app, 'users', 'user@example.com')

    await app.patch(own, { email: 'user@example.com', name: 'Ann' }, { token: user.token })

    expect(await statusOf(world, elsewhere.token)).toBe(200)
  })

  it('a new one from a superuser ends all sessions', async ({ expect }) => {
    const world = await createWorld()
    const { app, admin, own, user } = world

    const answer = await app.patch(own, { email: 'other@example.com' }, { token: admin.token })

    expect(answer.body).toMatchObject({ email: 'other@example.com' })
    expect(await statusOf(world, user.token)).toBe(404)
  })
})

describe('being verified', () => {
  it('cannot be changed by the owner', async ({ expect }) => {
    const { app, admin, own, user } = await createWorld()

    const claimed = await app.patch(own, { verified: true }, { token: user.token })
    const same = await app.patch(own, { verified: false }, { token: user.token })
    const granted = await app.patch(own, { verified: true }, { token: admin.token })
    const denied = await app.patch(own, { verified: false }, { token: user.token })

    expect(codesOf(claimed)).toEqual({ verified: 'validation_values_mismatch' })
    expect(same.status).toBe(200)
    expect(granted.body).toMatchObject({ verified: true })
    expect(codesOf(denied)).toEqual({ verified: 'validation_values_mismatch' })
  })

  it('removes existing links to providers, and ends sessions', async ({ expect }) => {
    const world = await createWorld()
    const { app, admin, own, user } = world
    const link = {
      ...{ collectionRef: '_pb_users_auth_', recordRef: user.id },
      ...{ provider: 'github', providerId: '1' },
    }
    await app.post('/api/collections/_externalAuths/records', link, { token: admin.token })

    await app.patch(own, { verified: true }, { token: admin.token })

    const { body } = await app.get('/api/collections/_externalAuths/records', {
      token: admin.token,
    })
    expect(body).toMatchObject({ totalItems: 0 })
    expect(await statusOf(world, user.token)).toBe(404)
  })

  it('ends no session without links', async ({ expect }) => {
    const world = await createWorld()

    await world.app.patch(world.own, { verified: true }, { token: world.admin.token })

    expect(await statusOf(world, world.user.token)).toBe(200)
  })
})

describe('a token key', () => {
  it('is changed by superusers, which ends all sessions', async ({ expect }) => {
    const world = await createWorld()
    const { app, admin, own, user } = world

    const mine = await app.patch(own, { 'tokenKey:autogenerate': '' }, { token: user.token })
    const after = await statusOf(world, user.token)
    const theirs = await app.patch(own, { 'tokenKey:autogenerate': '' }, { token: admin.token })

    expect([mine.status, after, theirs.status]).toEqual([200, 200, 200])
    expect(await statusOf(world, user.token)).toBe(404)
    expect(await tokenKeyOf(user.id)).toMatch(/^\w{30,}$/)
  })
})

describe('a superuser', () => {
  it('is created by superusers only', async ({ expect }) => {
    const { app, admin, user } = await createWorld()
    const body = { ...secret, email: 'second@example.com' }

    const guest = await app.post(superusers, body)
    const asUser = await app.post(superusers, body, { token: user.token })
    const asAdmin = await app.post(superusers, body, { token: admin.token })

    expect([guest.status, asUser.status, asAdmin.status]).toEqual([403, 403, 200])
  })

  it('is verified, whatever is sent', async ({ expect }) => {
    const { app, admin } = await createWorld()
    const body = { ...secret, email: 'second@example.com', verified: false }

    const created = await app.post(superusers, body, { token: admin.token })
    const { id } = created.body as { id: string }
    const updated = await app.patch(
      ...[`${superusers}/${id}`, { verified: false }, { token: admin.token }],
    )

    expect(created.body).toMatchObject({ verified: true })
    expect(updated.body).toMatchObject({ verified: true })
  })

  it('changes their own password, and stays signed in', async ({ expect }) => {
    const { app, admin } = await createWorld()
    const elsewhere = await signIn(app, '_superusers', 'admin@example.com')

    const answer = await app.patch(`${superusers}/${admin.id}`, secret, { token: admin.token })

    expect(answer.status).toBe(200)
    expect((await app.get('/api/settings', { token: admin.token })).status).toBe(200)
    expect((await app.get('/api/settings', { token: elsewhere.token })).status).toBe(401)
  })
})

describe('records that belong to an account', () => {
  const origin = { collectionRef: '_pb_users_auth_', fingerprint: 'f' }

  it.for([
    ['of no collection', { collectionRef: 'none' }, { collectionRef: 'invalid_collection_id' }],
    [
      'of a collection without accounts',
      { collectionRef: 'pbc_4275539003' },
      { collectionRef: 'invalid_collection_type' },
    ],
    ['of a missing account', { recordRef: 'missing00000000' }, { recordRef: 'invalid_record' }],
  ] as const)('are refused %s', async ([, data, codes], { expect }) => {
    const { app, admin, user } = await createWorld()
    const body = { ...origin, recordRef: user.id, ...data }

    const answer = await app.post('/api/collections/_authOrigins/records', body, {
      token: admin.token,
    })

    const expected = Object.entries(codes).map(([field, code]) => [field, `validation_${code}`])
    expect(codesOf(answer)).toEqual(Object.fromEntries(expected))
  })

  it('are visible to and deleted by their owner only', async ({ expect }) => {
    const { app, admin, user } = await createWorld()
    const other = await signUp(app, 'other@example.com')
    const path = '/api/collections/_authOrigins/records'
    const made = await app.post(path, { ...origin, recordRef: user.id }, { token: admin.token })
    const { id } = made.body as { id: string }

    const seenBy = async (token: string) => {
      const { body } = await app.get(path, { token })
      return (body as { items: { id: string }[] }).items.some((item) => item.id === id)
    }
    const theirs = await seenBy(other.token)
    const refused = await app.delete(`${path}/${id}`, { token: other.token })
    const mine = await seenBy(user.token)
    const dropped = await app.delete(`${path}/${id}`, { token: user.token })

    expect([theirs, mine]).toEqual([false, true])
    expect([refused.status, dropped.status]).toEqual([404, 204])
  })
})
