import { describe, it } from 'vitest'
import { signInSuperuser } from '../../support/accounts.ts'
import { createTestApp } from '../../support/test-app.ts'

const path = '/api/collections'

const system = ['_mfas', '_otps', '_externalAuths', '_authOrigins', '_superusers', 'users']

function namesOf({ body }: { readonly body: unknown }): string[] {
  return (body as { items: { name: string }[] }).items.map(({ name }) => name)
}

describe('GET /api/collections', () => {
  it('lists collections in the order of creation', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    await app.post(path, { name: 'aaa' }, { token })

    const answer = await app.get(path, { token })

    expect(namesOf(answer)).toEqual([...system, 'aaa'])
    expect(answer.body).toMatchObject({ page: 1, perPage: 30, totalItems: 7, totalPages: 1 })
  })

  const cases = [
    { query: 'sort=-name&perPage=2', names: ['users', '_superusers'] },
    { query: 'sort=type,-name&perPage=1&page=2', names: ['_superusers'] },
    { query: `filter=${encodeURIComponent('type = "auth"')}`, names: ['_superusers', 'users'] },
    {
      query: `filter=${encodeURIComponent('system = false || id = "pbc_2279338944"')}`,
      names: ['_mfas', 'users'],
    },
  ]

  it.for(cases)('understands $query', async ({ query, names }, { expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)

    expect(namesOf(await app.get(`${path}?${query}`, { token }))).toEqual(names)
  })

  it('skips counting on request', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)

    const answer = await app.get(`${path}?skipTotal=1`, { token })

    expect(answer.body).toMatchObject({ totalItems: -1, totalPages: -1 })
  })

  // The secrets of tokens are in the column `options`.
  it.for(['filter=a =', 'filter=options != ""', 'sort=options', 'sort=nothing', 'page=x'])(
    'refuses %s',
    async (query, { expect }) => {
      const app = createTestApp()
      const { token } = await signInSuperuser(app)

      const answer = await app.get(`${path}?${query}`, { token })

      expect(answer.status).toBe(400)
    },
  )
})

describe('GET /api/collections/:collection', () => {
  it.for(['_pb_users_auth_', 'users', 'USERS'])('finds users as %s', async (name, { expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)

    const answer = await app.get(`${path}/${name}`, { token })

    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ id: '_pb_users_auth_', name: 'users', type: 'auth' })
  })

  it('returns the requested keys only', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)

    const answer = await app.get(`${path}/users?fields=name,fields.name`, { token })

    const { fields, ...rest } = answer.body as { fields: object[] }
    expect(rest).toEqual({ name: 'users' })
    expect(fields[0]).toEqual({ name: 'id' })
  })

  it('does not find a missing collection', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)

    const answer = await app.get(`${path}/nothing`, { token })

    expect(answer.status).toBe(404)
  })
})
