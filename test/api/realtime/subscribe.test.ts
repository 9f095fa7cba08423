import { host } from '#test-host'
import { afterEach, describe, it } from 'vitest'
import { password, signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { changeCollection, createCollections, createRecords } from '../../support/collections.ts'
import { openStream, type StreamClient } from '../../support/event-stream.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const open: StreamClient[] = []

async function connect(app: TestApp, ip?: string): Promise<StreamClient> {
  const stream = await openStream(app, ip)
  open.push(stream)
  return stream
}

afterEach(async () => {
  for (const stream of open.splice(0)) await stream.close()
})

async function createNotes() {
  const app = createTestApp()
  const admin = await signInSuperuser(app)
  const ada = await signUp(app, 'ada@example.com')
  await createCollections(app, admin.token, {
    name: 'notes',
    fields: [{ type: 'text', name: 'text' }],
    listRule: "@request.auth.id != ''",
  })
  return { app, admin, ada }
}

describe('a subscription is refused', () => {
  it.for([
    { name: 'without a client', body: {}, status: 400, codes: ['clientId'] },
    {
      name: 'with too long an id',
      body: { clientId: 'x'.repeat(256) },
      status: 400,
      codes: ['clientId'],
    },
    {
      name: 'with too many topics',
      body: { clientId: 'x', subscriptions: Array.from({ length: 1001 }, String) },
      status: 400,
      codes: ['subscriptions'],
    },
    {
      name: 'with too long a topic',
      body: { clientId: 'x', subscriptions: ['x'.repeat(2501)] },
      status: 400,
      codes: ['subscriptions'],
    },
    { name: 'for an unknown client', body: { clientId: 'x' }, status: 404, codes: [] },
    {
      name: 'for a client of a missing shard',
      body: { clientId: `zz${'x'.repeat(38)}` },
      status: 404,
      codes: [],
    },
  ])('$name', async ({ body, status, codes }, { expect }) => {
    const answer = await createTestApp().post('/api/realtime', body)

    expect(answer.status).toBe(status)
    expect(Object.keys((answer.body as { data: object }).data)).toEqual(codes)
  })

  it('from another address, or by another account', async ({ expect }) => {
    const { app, ada, admin } = await createNotes()
    const stream = await connect(app, '10.0.0.1')
    const body = { clientId: stream.id, subscriptions: ['notes/*'] }

    const elsewhere = await app.post('/api/realtime', body, {
      headers: { 'CF-Connecting-IP': '10.0.0.2' },
    })
    expect((await stream.subscribe(['notes/*'], ada.token)).status).toBe(204)
    const other = await stream.subscribe(['notes/*'], admin.token)
    const unknown = await stream.subscribe(['notes/*'])

    expect([elsewhere.status, other.status, unknown.status]).toEqual([400, 403, 403])
  })
})

describe('an account receives no more events', () => {
  it.for([
    {
      name: 'once the session has ended',
      end: async (app: TestApp, { token }: { token: string }) =>
        await app.post('/api/collections/users/logout', undefined, { token }),
    },
    {
      name: 'once the password has changed elsewhere',
      end: async (app: TestApp, { id }: { id: string }, admin: string) =>
        await app.patch(
          `/api/collections/users/records/${id}`,
          { password: `${password}2`, passwordConfirm: `${password}2` },
          { token: admin },
        ),
    },
    {
      name: 'once the account is deleted',
      end: async (app: TestApp, { id }: { id: string }, admin: string) =>
        await app.delete(`/api/collections/users/records/${id}`, { token: admin }),
    },
    {
      name: 'once the secret of the collection has changed',
      end: async (app: TestApp, _: unknown, admin: string) =>
        await changeCollection(app, admin, 'users', { authToken: { secret: 'x'.repeat(50) } }),
    },
  ])('$name', async ({ end }, { expect }) => {
    const { app, ada, admin } = await createNotes()
    const stream = await connect(app)
    const witness = await connect(app)
    await stream.subscribe(['notes/*'], ada.token)
    await witness.subscribe(['notes/*'], admin.token)
    await createRecords(app, admin.token, 'notes', { text: 'before' })
    await stream.received(1)

    await end(app, ada, admin.token)
    await createRecords(app, admin.token, 'notes', { text: 'after' })
    await createRecords(app, admin.token, 'notes', { text: 'later' })

    await witness.received(3)
    expect(stream.events).toHaveLength(1)
  })

  it('while the session that changed the password continues', async ({ expect }) => {
    const { app, admin } = await createNotes()
    const bob = await signUp(app, 'bob@example.com')
    const stream = await connect(app)
    await stream.subscribe(['notes/*'], bob.token)

    await app.patch(
      `/api/collections/users/records/${bob.id}`,
      { oldPassword: password, password: `${password}2`, passwordConfirm: `${password}2` },
      { token: bob.token },
    )
    await createRecords(app, admin.token, 'notes', { text: 'after' })

    expect(await stream.received(1)).toHaveLength(1)
  })
})

describe('a shard', () => {
  it('that is evicted ends its streams, and new ones receive events', async ({ expect }) => {
    const { app, ada, admin } = await createNotes()
    const stream = await connect(app)
    await stream.subscribe(['notes/*'], ada.token)

    await host.abortRealtime()
    for (let n = 0; n < 100 && !stream.isEnded(); n++) {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const again = await connect(app)
    await again.subscribe(['notes/*'], ada.token)
    await createRecords(app, admin.token, 'notes', { text: 'after' })

    expect(stream.isEnded()).toBe(true)
    expect(await again.received(1)).toHaveLength(1)
  })

  it('delivers five hundred changes to fifty clients, in order and without a loss', async ({
    expect,
  }) => {
    const { app, admin } = await createNotes()
    const accounts = await Promise.all(
      Array.from({ length: 5 }, async (_, n) => await signUp(app, `user${n}@example.com`)),
    )
    const streams = await Promise.all(Array.from({ length: 50 }, async () => await connect(app)))
    for (const [n, stream] of streams.entries()) {
      await stream.subscribe(['notes/*'], accounts[n % accounts.length]?.token)
    }
    const written: string[] = []
    for (let n = 0; n < 50; n++) {
      const texts = Array.from({ length: 10 }, (_, k) => `${n}.${k}`)
      await Promise.all(texts.map((text) => createRecords(app, admin.token, 'notes', { text })))
      written.push(...texts)
    }

    const heard = await Promise.all(
      streams.map(async (stream) =>
        (await stream.received(500)).map(
          ({ data }) => (data as { record: { text: string } }).record.text,
        ),
      ),
    )
    const [first = []] = heard
    expect(first.toSorted()).toEqual(written.toSorted())
    expect(first.map((text) => Number.parseInt(text, 10))).toEqual(
      written.map((text) => Number.parseInt(text, 10)),
    )
    const { results } = await bindings.DB.prepare('SELECT "text" FROM "notes" ORDER BY rowid').all()
    const committed = results.map(({ text }) => text)
    expect(heard.filter((texts) => texts.join() !== committed.join())).toEqual([])
  }, 120_000)

  it('drops topics without subscribers', async ({ expect }) => {
    const { app, ada } = await createNotes()
    const stream = await connect(app)
    await stream.subscribe(['notes/*', 'nothing/*', '@oauth2'], ada.token)
    const interests = async (): Promise<unknown> =>
      (await bindings.DB.prepare('SELECT "topic" FROM "_realtime_subscriptions"').all()).results
    expect(await interests()).toEqual([{ topic: 'notes' }])

    await stream.close()
    await app.post('/api/collections/notes/records', { text: 'x' })
    for (let n = 0; n < 100 && JSON.stringify(await interests()) !== '[]'; n++) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      await app.post('/api/collections/notes/records', { text: 'x' })
    }

    expect(await interests()).toEqual([])
  })

  it('delivers a provider’s redirect to the waiting client, once', async ({ expect }) => {
    const { app } = await createNotes()
    const stream = await connect(app)
    await stream.subscribe(['@oauth2'])
    const path = `/api/oauth2-redirect?state=${stream.id}&code=c`

    const first = await app.get(path)
    const second = await app.get(path)

    expect(await stream.received(1)).toEqual([
      { id: stream.id, event: '@oauth2', data: { state: stream.id, code: 'c' } },
    ])
    expect(first.headers.get('Location')).toContain('success')
    expect(second.headers.get('Location')).toContain('failure')
  })
})
