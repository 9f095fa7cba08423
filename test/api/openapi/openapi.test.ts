import { describe, it } from 'vitest'
import { type SignedIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { changeCollection, createCollections } from '../../support/collections.ts'
import { blogCollections } from '../../support/described-collections.ts'
import { leftOut } from '../../support/documented-app.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const path = '/api/openapi.json'

interface Blog {
  readonly app: TestApp
  readonly admin: SignedIn
}

async function createBlog(access?: 'public'): Promise<Blog> {
  const app = createTestApp()
  const admin = await signInSuperuser(app)
  await createCollections(app, admin.token, ...blogCollections)
  if (access !== undefined) {
    await app.patch('/api/settings', { arete: { docs: { access } } }, admin)
  }
  return { app, admin }
}

function pathsIn(body: unknown): readonly string[] {
  return Object.keys((body as { readonly paths: object }).paths)
}

describe('GET /api/openapi.json', () => {
  it('is for superusers only, until the settings open it', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const user = await signUp(app, 'user@example.com')

    const [guest, other, superuser] = [
      await app.get(path),
      await app.get(path, user),
      await app.get(path, admin),
    ]

    expect([guest.status, other.status, superuser.status]).toEqual([401, 403, 200])
    expect(superuser.body).toMatchObject({ openapi: '3.1.1', info: { title: 'Acme' } })
    expect(pathsIn(superuser.body)).toContain('/api/collections/locked/records')
  })

  it('tells guests and users only what they may use', async ({ expect }) => {
    const { app, admin } = await createBlog('public')
    const user = await signUp(app, 'user@example.com')

    const answers = await Promise.all([
      app.get(path),
      app.get(path, user),
      app.get(path, { token: `${admin.token}x` }),
    ])
    const superuser = await app.get(path, admin)

    for (const { status, body } of answers) {
      const text = JSON.stringify(body)
      expect(status).toBe(200)
      expect(text).toContain('/api/collections/posts/records')
      expect(text).not.toMatch(/locked|treasure|note|@request|_superusers/)
    }
    expect(pathsIn(superuser.body)).toContain('/api/collections/locked/records')
  })

  it('follows changes of collections and settings made elsewhere', async ({ expect }) => {
    const { app, admin } = await createBlog('public')
    const elsewhere = createTestApp()
    const before = await app.get(path)

    await changeCollection(elsewhere, admin.token, 'posts', { name: 'articles' })
    const renamed = await app.get(path)
    await elsewhere.patch('/api/settings', { arete: { docs: { access: 'superusers' } } }, admin)
    const closed = await app.get(path)

    expect(pathsIn(before.body)).toContain('/api/collections/posts/records')
    expect(pathsIn(renamed.body)).toContain('/api/collections/articles/records')
    expect(pathsIn(renamed.body)).not.toContain('/api/collections/posts/records')
    expect(closed.status).toBe(401)
  })

  it('is not sent again to a client that has it, but to one that may see more', async ({
    expect,
  }) => {
    const { app, admin } = await createBlog('public')
    const first = await app.get(path)
    const headers = { 'If-None-Match': `W/${first.headers.get('ETag')}` }

    const again = await app.get(path, { headers })
    const superuser = await app.get(path, { headers, token: admin.token })
    await changeCollection(app, admin.token, 'comments', { listRule: null, viewRule: null })
    const changed = await app.get(path, { headers })

    expect([again.status, again.body]).toEqual([304, undefined])
    expect([superuser.status, changed.status]).toEqual([200, 200])
    expect(first.headers.get('Cache-Control')).toBe('no-cache')
    expect(superuser.headers.get('Cache-Control')).toBe('no-store')
    expect(superuser.headers.get('Vary')).toContain('Authorization')
  })

  it('does not answer 304 to a client that may not read it', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const { headers } = await app.get(path, admin)

    const guest = await app.get(path, { headers: { 'If-None-Match': headers.get('ETag') ?? '' } })
    const any = await app.get(path, { headers: { 'If-None-Match': '*' } })

    expect([guest.status, any.status]).toEqual([401, 401])
  })

  it('answers alike for a locked and for a missing collection', async ({ expect }) => {
    const { app } = await createBlog('public')

    const locked = await app.get(`${path}?collections=posts,locked`)
    const missing = await app.get(`${path}?collections=posts,missing`)

    expect(locked.body).toEqual(missing.body)
    expect(locked.headers.get('ETag')).toBe(missing.headers.get('ETag'))
  })

  it('is saved as a file on request', async ({ expect }) => {
    const { app, admin } = await createBlog()

    const { headers } = await app.get(`${path}?download=1`, admin)

    expect(headers.get('Content-Disposition')).toBe('attachment; filename="openapi.json"')
  })
})

describe('GET /api/schema/types.ts', () => {
  const types = '/api/schema/types.ts'

  it('is for superusers only, even if the document is public', async ({ expect }) => {
    const { app, admin } = await createBlog('public')
    const user = await signUp(app, 'user@example.com')

    const answers = [await app.get(types), await app.get(types, user), await app.get(types, admin)]

    expect(answers.map(({ status }) => status)).toEqual([401, 403, 200])
    expect(answers[2]?.body).toContain('export type LockedRecord = {')
    expect(answers[2]?.headers.get('Content-Type')).toBe('text/plain; charset=utf-8')
  })

  it('is not sent again to a client that has it', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const { headers } = await app.get(types, admin)

    const again = await app.get(types, {
      token: admin.token,
      headers: { 'If-None-Match': headers.get('ETag') ?? '' },
    })

    expect(again.status).toBe(304)
  })
})

describe('the setting arete.docs.access', () => {
  it('is left out of the settings while it is the default', async ({ expect }) => {
    const { app, admin } = await createBlog()

    const before = await app.get('/api/settings', admin)
    const opened = await app.patch(
      '/api/settings',
      { arete: { docs: { access: 'public' } } },
      admin,
    )
    const kept = await app.patch('/api/settings', { meta: { appName: 'Zed' } }, admin)

    expect(before.body).not.toHaveProperty('arete')
    expect(opened.body).toMatchObject({ arete: { docs: { access: 'public' } } })
    expect(kept.body).toMatchObject({ arete: { docs: { access: 'public' } } })
  })

  it('accepts no other value', async ({ expect }) => {
    const { app, admin } = await createBlog()

    const answer = await app.patch('/api/settings', { arete: { docs: { access: 'all' } } }, admin)

    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({ data: { arete: { docs: { access: expect.anything() } } } })
  })
})

describe('the description of routes', () => {
  it('covers each of them', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const ways = {
      otp: { enabled: true },
      oauth2: { enabled: true, providers: [] },
      security: { totp: { enabled: true } },
    }
    await changeCollection(app, admin.token, 'users', ways)
    const { body } = await app.get(path, admin)
    const { paths } = body as { readonly paths: Readonly<Record<string, object>> }
    const described = Object.entries(paths).flatMap(([address, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${address}`),
    )
    const patterns = described.map((operation) => operation.replaceAll(/\{\w+\}/g, ':'))

    const routes = app.routes.filter((route) => / \/api\/./.test(route) && !route.endsWith('*'))
    const missing = routes.filter((route) => {
      const own = route.replace(/^(\w+ \/api\/collections)\/:collection\//, '$1/users/')
      return !patterns.includes(own.replaceAll(/:\w+(?:\{.*\})?/g, ':'))
    })

    expect([...new Set(missing)].toSorted()).toEqual(Object.keys(leftOut).toSorted())
  })
})
