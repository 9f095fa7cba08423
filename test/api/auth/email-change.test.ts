import { describe, it } from 'vitest'
import { password, type SignedIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { claimsOf, tokenIn } from '../../support/account-tokens.ts'
import { changeCollection, codesOf, createCollections } from '../../support/collections.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

const users = '/api/collections/users'
const request = `${users}/request-email-change`
const confirm = `${users}/confirm-email-change`
const email = 'ann@example.com'
const newEmail = 'new@example.com'

async function createWorld(): Promise<{ app: TestApp; ann: SignedIn }> {
  const app = createTestApp()
  return { app, ann: await signUp(app, email) }
}

async function mailedToken(
  { app, ann }: { app: TestApp; ann: SignedIn },
  address = newEmail,
): Promise<string> {
  await app.post(request, { newEmail: address }, { token: ann.token })
  return tokenIn(app.mailbox.last())
}

function signInAs(app: TestApp, identity: string): Promise<Answer> {
  return app.post(`${users}/auth-with-password`, { identity, password })
}

describe('a request for an email change', () => {
  it('mails a link to the new address', async ({ expect }) => {
    const { app, ann } = await createWorld()

    const answer = await app.post(request, { newEmail }, { token: ann.token })

    expect(answer).toMatchObject({ status: 204, body: undefined })
    expect(app.mailbox.last().to).toEqual([{ name: '', address: newEmail }])
    expect(claimsOf(tokenIn(app.mailbox.last()))).toEqual({
      collectionId: '_pb_users_auth_',
      email,
      exp: expect.closeTo(Date.now() / 1000 + 1800, -2),
      id: ann.id,
      newEmail,
      type: 'emailChange',
    })
  })

  it.for([
    ['a missing address', '', 'validation_required'],
    ['no address', 'ann', 'validation_is_email'],
    ['one that is too long', `${'a'.repeat(251)}@b.io`, 'validation_length_out_of_range'],
    ['the present one', email, 'validation_not_in_invalid'],
    ['of another account', 'bob@example.com', 'validation_invalid_new_email'],
  ] as const)('refuses %s', async ([, address, code], { expect }) => {
    const { app, ann } = await createWorld()
    await signUp(app, 'bob@example.com')

    const answer = await app.post(request, { newEmail: address }, { token: ann.token })

    expect(answer.status).toBe(400)
    expect(codesOf(answer)).toEqual({ newEmail: code })
    expect(app.mailbox.mails.filter(({ subject }) => subject.startsWith('Confirm'))).toEqual([])
  })

  it('is for the account itself only', async ({ expect }) => {
    const { app, ann } = await createWorld()
    const admin = await signInSuperuser(app)

    const guest = await app.post(request, { newEmail })
    const other = await app.post(request, { newEmail }, { token: admin.token })
    const foreign = await app.post(
      '/api/collections/_superusers/request-email-change',
      { newEmail },
      { token: ann.token },
    )

    expect(guest.body).toMatchObject({
      message: 'The request requires valid record authorization token.',
    })
    expect(other.body).toMatchObject({
      message: 'The request requires auth record from _superusers collection.',
    })
    expect(foreign.body).toMatchObject({
      message: 'The request requires auth record from users collection.',
    })
  })

  it('is not for superusers', async ({ expect }) => {
    const app = createTestApp()
    const admin = await signInSuperuser(app)
    const superusers = '/api/collections/_superusers'

    const asked = await app.post(`${superusers}/request-email-change`, {}, { token: admin.token })
    const confirmed = await app.post(`${superusers}/confirm-email-change`, {})

    const message = 'All superusers can change their emails directly.'
    expect([asked.body, confirmed.body]).toMatchObject([{ message }, { message }])
  })
})

describe('a confirmed change', () => {
  it('sets the new address as verified, and ends every session', async ({ expect }) => {
    const world = await createWorld()
    const { app, ann } = world
    const token = await mailedToken(world)

    const answer = await app.post(confirm, { token, password })

    expect(answer).toMatchObject({ status: 204, body: undefined })
    const refreshed = await app.post(`${users}/auth-refresh`, {}, { token: ann.token })
    const [old, now] = [await signInAs(app, email), await signInAs(app, newEmail)]
    expect([refreshed.status, old.status, now.status]).toEqual([401, 400, 200])
    expect(now.body).toMatchObject({ record: { id: ann.id, email: newEmail, verified: true } })
  })

  it('works once', async ({ expect }) => {
    const world = await createWorld()
    const token = await mailedToken(world)
    await world.app.post(confirm, { token, password })

    const again = await world.app.post(confirm, { token, password })

    expect(codesOf(again)).toEqual({
      token: 'validation_invalid_token',
      password: 'validation_invalid_password',
    })
  })

  it('accepts one of two concurrent ones', async ({ expect }) => {
    const world = await createWorld()
    const tokens = [await mailedToken(world, 'b@example.com'), await mailedToken(world)]

    const answers = await Promise.all(
      tokens.map((token) => createTestApp().post(confirm, { token, password })),
    )

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 400])
  })

  it('is rejected if another account has the address', async ({ expect }) => {
    const world = await createWorld()
    const token = await mailedToken(world)
    await signUp(world.app, newEmail)

    const answer = await world.app.post(confirm, { token, password })

    expect(codesOf(answer)).toEqual({
      token: 'validation_invalid_token_email',
      password: 'validation_invalid_password',
    })
  })

  it('gives the address to one of two accounts', async ({ expect }) => {
    const world = await createWorld()
    const bob = await signUp(world.app, 'bob@example.com')
    const tokens = [await mailedToken(world), await mailedToken({ ...world, ann: bob })]

    const answers = await Promise.all(
      tokens.map((token) => createTestApp().post(confirm, { token, password })),
    )

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 400])
  })

  it('validates the address by the rules of its field', async ({ expect }) => {
    const world = await createWorld()
    const { app } = world
    const token = await mailedToken(world)
    const admin = await signInSuperuser(app)
    const { body } = await app.get('/api/collections/users', { token: admin.token })
    const { fields } = body as { fields: { name: string }[] }
    await changeCollection(app, admin.token, 'users', {
      fields: fields.map((field) =>
        field.name === 'email' ? { ...field, onlyDomains: ['arete.dev'] } : field,
      ),
    })

    const answer = await app.post(confirm, { token, password })

    expect(answer.body).toMatchObject({ message: 'Failed to confirm email change.' })
    expect(codesOf(answer)).toEqual({ email: 'validation_email_domain_not_allowed' })
  })

  it.for([
    {
      name: 'nothing at all',
      body: {},
      codes: { token: 'validation_required', password: 'validation_required' },
    },
    {
      name: 'nonsense',
      body: { token: 'nonsense', password: 'x'.repeat(101) },
      codes: {
        token: 'validation_invalid_token_payload',
        password: 'validation_length_out_of_range',
      },
    },
  ])('refuses $name', async ({ body, codes }, { expect }) => {
    const { app } = await createWorld()

    expect(codesOf(await app.post(confirm, body))).toEqual(codes)
  })

  // The mail may have gone to a mistyped address, whose owner must not get access.
  it('refuses a wrong password', async ({ expect }) => {
    const world = await createWorld()
    const token = await mailedToken(world)

    const answer = await world.app.post(confirm, { token, password: 'wrong' })

    expect(codesOf(answer)).toEqual({ password: 'validation_invalid_password' })
    expect((await signInAs(world.app, email)).status).toBe(200)
  })

  it('delays guesses of the password', async ({ expect }) => {
    const world = await createWorld()
    const token = await mailedToken(world)

    const statuses: number[] = []
    for (let tries = 0; tries < 12; tries++) {
      statuses.push((await world.app.post(confirm, { token, password: 'wrong' })).status)
    }

    expect(statuses).toContain(429)
  })

  it('is refused at another collection', async ({ expect }) => {
    const world = await createWorld()
    const admin = await signInSuperuser(world.app)
    await createCollections(world.app, admin.token, { name: 'staff', type: 'auth' })
    const token = await mailedToken(world)

    const answer = await world.app.post('/api/collections/staff/confirm-email-change', {
      token,
      password,
    })

    expect(codesOf(answer)).toEqual({
      token: 'validation_token_collection_mismatch',
      password: 'validation_invalid_password',
    })
  })
})
