import { describe, it } from 'vitest'
import { signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createTestApp } from '../../support/test-app.ts'

const endpoints = [
  { method: 'GET', path: '/api/collections' },
  { method: 'POST', path: '/api/collections' },
  { method: 'GET', path: '/api/collections/users' },
  { method: 'PATCH', path: '/api/collections/users' },
  { method: 'DELETE', path: '/api/collections/users' },
  { method: 'DELETE', path: '/api/collections/users/truncate' },
  { method: 'PUT', path: '/api/collections/import' },
  { method: 'GET', path: '/api/collections/meta/scaffolds' },
  { method: 'GET', path: '/api/collections/meta/oauth2-providers' },
  { method: 'POST', path: '/api/collections/meta/dry-run-view' },
]

/** Nothing of the body may be checked before the caller is known. */
const malformed = '{"name":'

function bodyOf(method: string): { readonly body?: string } {
  return method === 'GET' ? {} : { body: malformed }
}

describe.for(endpoints)('$method $path', ({ method, path }) => {
  it('rejects guests', async ({ expect }) => {
    const answer = await createTestApp().request(method, path, bodyOf(method))

    expect(answer.status).toBe(401)
    expect(answer.body).toEqual({
      data: {},
      message: 'The request requires valid record authorization token.',
      status: 401,
    })
  })

  it('rejects an invalid token', async ({ expect }) => {
    const answer = await createTestApp().request(method, path, {
      token: 'nonsense',
      ...bodyOf(method),
    })

    expect(answer.status).toBe(401)
  })

  it('rejects records of other collections', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signUp(app, 'someone@example.com')

    const answer = await app.request(method, path, { token, ...bodyOf(method) })

    expect(answer.status).toBe(403)
    expect(answer.body).toEqual({
      data: {},
      message: 'The authorized record is not allowed to perform this action.',
      status: 403,
    })
  })
})

it('rejects a former superuser', async ({ expect }) => {
  const app = createTestApp()
  const { id, token } = await signInSuperuser(app)
  await bindings.DB.prepare('DELETE FROM "_superusers" WHERE "id" = ?').bind(id).run()

  const created = await app.post('/api/collections', { name: 'posts' }, { token })
  const listed = await app.get('/api/collections', { token })

  expect(created.status).toBe(401)
  expect(listed.status).toBe(401)
})

// Guards against changing a definition based on an outdated one.
it('plans a change again if another isolate was faster', async ({ expect }) => {
  const [slow, fast] = [createTestApp(), createTestApp()]
  const { token } = await signInSuperuser(slow)
  await slow.get('/api/collections/users', { token })
  await fast.post('/api/collections', { name: 'posts' }, { token })

  const answer = await slow.post('/api/collections', { name: 'POSTS' }, { token })

  expect(answer.status).toBe(400)
  expect(answer.body).toMatchObject({
    data: { name: { code: 'validation_collection_name_exists' } },
  })
})

it('never shows a secret', async ({ expect }) => {
  const app = createTestApp()
  const { token } = await signInSuperuser(app)
  const provider = { name: 'google', clientId: 'id', clientSecret: 'hush-hush' }
  const secret = 'very-secret-very-secret-very-secret'

  const changed = await app.patch(
    '/api/collections/users',
    { oauth2: { enabled: true, providers: [provider] }, authToken: { secret } },
    { token },
  )
  const answers = [
    changed,
    await app.get('/api/collections/users', { token }),
    await app.get('/api/collections', { token }),
    await app.get('/api/collections?fields=*,authToken.secret,oauth2.providers.clientSecret', {
      token,
    }),
    await app.get('/api/collections/meta/scaffolds', { token }),
  ]

  for (const { status, body } of answers) {
    expect(status).toBe(200)
    expect(JSON.stringify(body)).not.toMatch(/secret|hush/i)
  }
})
