import { describe, it, vi } from 'vitest'
import { password, type SignedIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import {
  type Claims,
  claimsOf,
  forgeToken,
  tamperings,
  tokenIn,
  tokenKeyOf,
} from '../../support/account-tokens.ts'
import { bindings } from '../../support/bindings.ts'
import { changeCollection, codesOf, createCollections } from '../../support/collections.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

/*
 * The common requirements for mailed tokens: each is valid for one account, for one purpose, for a
 * limited time, and once.
 */

interface World {
  readonly app: TestApp
  readonly ann: SignedIn
  readonly admin: SignedIn
}

interface Flow {
  readonly kind: 'verification' | 'passwordReset' | 'emailChange'
  readonly option: string
  readonly lifetimeSeconds: number
  request(world: World): Promise<Answer>
  confirm(app: TestApp, token: string, collection?: string): Promise<Answer>
}

const email = 'ann@example.com'
const next = 'another-long-password'

const flows: readonly Flow[] = [
  {
    kind: 'verification',
    option: 'verificationToken',
    lifetimeSeconds: 86_400,
    request: ({ app }) => app.post('/api/collections/users/request-verification', { email }),
    confirm: (app, token, collection = 'users') =>
      app.post(`/api/collections/${collection}/confirm-verification`, { token }),
  },
  {
    kind: 'passwordReset',
    option: 'passwordResetToken',
    lifetimeSeconds: 1800,
    request: ({ app }) => app.post('/api/collections/users/request-password-reset', { email }),
    confirm: (app, token, collection = 'users') =>
      app.post(`/api/collections/${collection}/confirm-password-reset`, {
        token,
        password: next,
        passwordConfirm: next,
      }),
  },
  {
    kind: 'emailChange',
    option: 'emailChangeToken',
    lifetimeSeconds: 1800,
    request: ({ app, ann }) =>
      app.post(
        '/api/collections/users/request-email-change',
        { newEmail: 'new@example.com' },
        { token: ann.token },
      ),
    confirm: (app, token, collection = 'users') =>
      app.post(`/api/collections/${collection}/confirm-email-change`, { token, password }),
  },
]

async function createWorld(): Promise<World> {
  const app = createTestApp()
  const ann = await signUp(app, email)
  const admin = await signInSuperuser(app)
  const rateLimits = { enabled: false }
  await app.patch('/api/settings', { rateLimits }, { token: admin.token })
  return { app, ann, admin }
}

async function mailedToken(world: World, flow: Flow): Promise<string> {
  await flow.request(world)
  return tokenIn(world.app.mailbox.last())
}

/** The account's row, which a rejected token must not change. */
async function rowOf({ id }: SignedIn): Promise<unknown> {
  return await bindings.DB.prepare('SELECT * FROM "users" WHERE "id" = ?').bind(id).first()
}

function tokenCode(answer: Answer): string | undefined {
  return codesOf(answer)['token']
}

describe.for(flows)('the token of $kind', (flow) => {
  it('is valid if another program signed it with the same key', async ({ expect }) => {
    const world = await createWorld()
    const token = await mailedToken(world, flow)
    const key = await tokenKeyOf('users', world.ann.id, flow.option)

    const twin = await forgeToken(claimsOf(token), key)
    const answer = await flow.confirm(world.app, twin)

    expect([twin, answer.status]).toEqual([token, 204])
  })

  it('is invalid with any bit flipped', async ({ expect }) => {
    const world = await createWorld()
    const token = await mailedToken(world, flow)
    const before = await rowOf(world.ann)

    const statuses = new Set<number>()
    for (const tampered of tamperings(token)) {
      statuses.add((await flow.confirm(world.app, tampered)).status)
    }

    expect([...statuses]).toEqual([400])
    expect(await rowOf(world.ann)).toEqual(before)
    expect((await flow.confirm(world.app, token)).status).toBe(204)
  })

  it('expires at its second', async ({ expect }) => {
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      const world = await createWorld()
      const token = await mailedToken(world, flow)

      vi.advanceTimersByTime(flow.lifetimeSeconds * 1000)
      const answer = await flow.confirm(world.app, token)

      expect(tokenCode(answer)).toBe('validation_invalid_token')
    } finally {
      vi.useRealTimers()
    }
  })

  it('is not valid for another purpose', async ({ expect }) => {
    const world = await createWorld()
    const token = await mailedToken(world, flow)
    const before = await rowOf(world.ann)
    const others = flows.filter(({ kind }) => kind !== flow.kind)

    const answers = await Promise.all(others.map((other) => other.confirm(world.app, token)))
    const asSession = await world.app.post('/api/collections/users/auth-refresh', {}, { token })

    expect(answers.map(({ status }) => status)).toEqual([400, 400])
    expect(asSession.status).toBe(401)
    expect(await rowOf(world.ann)).toEqual(before)
  })

  it('is not the token of a session', async ({ expect }) => {
    const world = await createWorld()

    const answer = await flow.confirm(world.app, world.ann.token)

    expect(answer.status).toBe(400)
  })

  it('is not valid for another collection', async ({ expect }) => {
    const world = await createWorld()
    const { app, admin } = world
    await createCollections(app, admin.token, { name: 'staff', type: 'auth' }, { name: 'posts' })
    const token = await mailedToken(world, flow)

    const other = await flow.confirm(app, token, 'staff')
    const plain = await flow.confirm(app, token, 'posts')
    const missing = await flow.confirm(app, token, 'none')

    expect(tokenCode(other)).toBe('validation_token_collection_mismatch')
    expect([plain.status, missing.status]).toEqual([404, 404])
  })

  const forgeries: readonly {
    readonly name: string
    claims?(claims: Claims): Claims
    readonly header?: Claims
    readonly key?: string
  }[] = [
    { name: 'signed with another key', key: 'x'.repeat(80) },
    { name: 'signed with no key', key: '' },
    { name: 'of no algorithm', header: { alg: 'none', typ: 'JWT' } },
    { name: 'of another algorithm', header: { alg: 'HS512', typ: 'JWT' } },
    { name: 'without an end', claims: ({ exp: _, ...claims }) => claims },
    { name: 'of another account', claims: (claims) => ({ ...claims, id: 'other0000000000' }) },
    { name: 'of another kind', claims: (claims) => ({ ...claims, type: 'file' }) },
    {
      name: 'of another collection',
      claims: (claims) => ({ ...claims, collectionId: 'pbc_3142635823' }),
    },
    {
      name: 'not valid yet',
      claims: (claims) => ({ ...claims, nbf: Number(claims['exp']) }),
    },
  ]

  it.for(forgeries)('is refused when it is $name', async (forgery, { expect }) => {
    const world = await createWorld()
    const claims = claimsOf(await mailedToken(world, flow))
    const key = forgery.key ?? (await tokenKeyOf('users', world.ann.id, flow.option))
    const before = await rowOf(world.ann)
    const forged = await forgeToken(
      forgery.claims?.(claims) ?? claims,
      key === '' ? ' ' : key,
      forgery.header,
    )

    const answer = await flow.confirm(world.app, forged)

    expect(tokenCode(answer)).toBe('validation_invalid_token')
    expect(await rowOf(world.ann)).toEqual(before)
  })

  it.for([
    {
      name: 'the account is deleted',
      act: ({ app, ann }: World) =>
        app.delete(`/api/collections/users/records/${ann.id}`, { token: ann.token }),
    },
    {
      name: 'the password changes',
      act: ({ app, ann, admin }: World) =>
        app.patch(
          `/api/collections/users/records/${ann.id}`,
          { password: next, passwordConfirm: next },
          { token: admin.token },
        ),
    },
    {
      name: 'the token key changes',
      act: ({ app, ann, admin }: World) =>
        app.patch(
          `/api/collections/users/records/${ann.id}`,
          { 'tokenKey:autogenerate': '' },
          { token: admin.token },
        ),
    },
    {
      name: 'the secret of its kind changes',
      act: async ({ app, admin }: World) =>
        await changeCollection(
          app,
          admin.token,
          'users',
          Object.fromEntries(flows.map(({ option }) => [option, { secret: 's'.repeat(50) }])),
        ),
    },
  ])('dies when $name', async ({ act }, { expect }) => {
    const world = await createWorld()
    const token = await mailedToken(world, flow)
    await act(world)

    const answer = await flow.confirm(world.app, token)

    expect(tokenCode(answer)).toBe('validation_invalid_token')
  })
})
