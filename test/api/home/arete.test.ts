import { Hono } from 'hono'
import { describe, it } from 'vitest'
import * as z from 'zod'
import { type AreteEnv, durable, task } from '#extension/index.ts'
import { areteVersion } from '#home/version.ts'
import { signInSuperuser, signUp } from '../../support/accounts.ts'
import { createExtendedApp } from '../../support/extended-app.ts'
import { createTestApp } from '../../support/test-app.ts'

const host = { Host: '127.0.0.1:8787' }

describe('GET /api/arete', () => {
  it('tells everyone what the sign-in page shows, and nothing else', async ({ expect }) => {
    const app = createTestApp()
    const { token: admin } = await signInSuperuser(app)
    await app.patch('/api/settings', { meta: { appName: 'Notes' } }, { token: admin })
    const { token: user } = await signUp(app, 'user@example.com')

    const answers = await Promise.all(
      [undefined, user].map((token) => app.get('/api/arete', token === undefined ? {} : { token })),
    )

    const body = {
      features: expect.arrayContaining(['openapi', 'webhooks']) as unknown,
      dashboard: { setup: false, signIn: ['_superusers'], appName: 'Notes', local: false },
    }
    expect(answers.map((answer) => answer.body)).toEqual([body, body])
    expect(answers[0]?.headers.get('Cache-Control')).toBe('no-store')
  })

  it('tells superusers the version, the host, the limits and the application', async ({
    expect,
  }) => {
    const routes = new Hono<AreteEnv>().get('/api/hello', (c) => c.text('hello'))
    const hooks = {
      posts: { afterCreate: durable('note', () => undefined), beforeDelete: () => undefined },
    }
    const crons = [{ id: 'digest', expression: '0 7 * * *', run: () => undefined }]
    const tasks = { resize: task(z.string(), () => undefined) }
    const app = createExtendedApp({ routes, hooks, crons, tasks })
    const admin = await signInSuperuser(app)

    const { body } = await app.get('/api/arete', admin)
    const { body: plain } = await createTestApp().get('/api/arete', admin)
    const { body: guest } = await app.get('/api/arete')

    expect(body).toMatchObject({
      version: areteVersion,
      pocketbase: '0.39',
      host: expect.stringMatching(/^(?:cloudflare|node|bun)$/) as unknown,
      limits: { batchRequests: 0 },
      application: {
        routes: [{ method: 'GET', path: '/api/hello' }],
        hooks: { posts: ['afterCreate', 'beforeDelete'] },
        crons: [{ id: 'digest', expression: '0 7 * * *' }],
        tasks: ['resize'],
      },
    })
    expect(plain).toMatchObject({ application: null })
    expect(Object.keys(guest as object)).toEqual(['features', 'dashboard'])
  })

  it('says that there is no superuser yet, until there is one', async ({ expect }) => {
    const app = createTestApp()

    const before = await app.get('/api/arete')
    await signInSuperuser(app)
    const after = await app.get('/api/arete')

    expect(before.body).toMatchObject({ dashboard: { setup: true } })
    expect(after.body).toMatchObject({ dashboard: { setup: false } })
  })

  it.for([
    { name: 'the own machine', headers: host, isLocal: true },
    { name: 'a name pointed at it', headers: { Host: 'evil.example' }, isLocal: false },
    {
      name: 'the script of another page',
      headers: { ...host, Origin: 'https://evil.example' },
      isLocal: false,
    },
  ])('tells $name of the inbox: $isLocal', async ({ headers, isLocal }, { expect }) => {
    const app = createTestApp({ LOCAL_INBOX: '1' })

    const { body } = await app.get('/api/arete', { headers })

    expect(body).toMatchObject({ dashboard: { local: isLocal } })
  })

  it('is held to the limits of its path', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    const rule = { label: '/api/arete', audience: '', duration: 60, maxRequests: 1 }
    await app.patch('/api/settings', { rateLimits: { enabled: true, rules: [rule] } }, { token })

    const first = await app.get('/api/arete')
    const second = await app.get('/api/arete')

    expect([first.status, second.status]).toEqual([200, 429])
  })
})
