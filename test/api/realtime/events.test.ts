import { afterEach, describe, it } from 'vitest'
import { signInSuperuser, signUp, type SignedIn } from '../../support/accounts.ts'
import { createCollections, createRecords } from '../../support/collections.ts'
import { openStream, type StreamClient } from '../../support/event-stream.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const posts = '/api/collections/posts/records'

interface World {
  readonly app: TestApp
  readonly admin: SignedIn
  readonly ada: SignedIn
  readonly bob: SignedIn
}

const open: StreamClient[] = []

async function connect(app: TestApp, ip?: string): Promise<StreamClient> {
  const stream = await openStream(app, ip)
  open.push(stream)
  return stream
}

afterEach(async () => {
  for (const stream of open.splice(0)) await stream.close()
})

async function createWorld(rules: Record<string, unknown> = {}): Promise<World> {
  const app = createTestApp()
  const admin = await signInSuperuser(app)
  const ada = await signUp(app, 'ada@example.com')
  const bob = await signUp(app, 'bob@example.com')
  await createCollections(
    app,
    admin.token,
    {
      name: 'posts',
      fields: [
        { type: 'text', name: 'title' },
        { type: 'number', name: 'rank' },
        { type: 'text', name: 'secret', hidden: true },
        { type: 'relation', name: 'owner', collectionId: '_pb_users_auth_', maxSelect: 1 },
      ],
      ...rules,
    },
    {
      name: 'comments',
      fields: [
        { type: 'text', name: 'text' },
        {
          type: 'relation',
          name: 'post',
          collectionId: 'posts_id',
          cascadeDelete: true,
          maxSelect: 1,
        },
      ],
      listRule: "post.title = 'open'",
    },
  )
  return { app, admin, ada, bob }
}

describe('a stream', () => {
  it('begins with the client’s id', async ({ expect }) => {
    const { app } = await createWorld()

    const stream = await connect(app)

    expect(stream.id).toMatch(/^[A-Za-z0-9]{40}$/)
    expect(stream.text()).toBe(
      `id:${stream.id}\nevent:PB_CONNECT\ndata:{"clientId":"${stream.id}"}\n\n`,
    )
  })

  it('has creations, updates and deletions in order', async ({ expect }) => {
    const { app } = await createWorld()
    const stream = await connect(app)
    expect((await stream.subscribe(['posts/*'])).status).toBe(204)

    const [id = ''] = await createRecords(app, '', 'posts', { title: 'one', secret: 'x' })
    await app.patch(`${posts}/${id}`, { title: 'two' })
    await app.delete(`${posts}/${id}`)

    const events = await stream.received(3)
    expect(events.map(({ event, data }) => [event, (data as { action: string }).action])).toEqual([
      ['posts/*', 'create'],
      ['posts/*', 'update'],
      ['posts/*', 'delete'],
    ])
    expect(events[0]?.data).toEqual({
      record: {
        collectionId: 'posts_id',
        collectionName: 'posts',
        id,
        owner: '',
        rank: 0,
        title: 'one',
      },
      action: 'create',
    })
    expect(events[2]?.data).toMatchObject({ record: { id, title: 'two' } })
    expect(stream.text()).not.toContain('secret')
  })

  // A statement of D1 has a hundred parameters at most.
  it('has events of records with the maximum number of fields', async ({ expect }) => {
    const { app, admin, ada } = await createWorld()
    const names = Array.from({ length: 96 }, (_, at) => `f${at}`)
    await createCollections(app, admin.token, {
      name: 'wide',
      fields: names.map((name) => ({ type: 'text', name })),
      listRule: "(f0 = 'seen' || f1 = 'a' || f2 = 'b' || f3 = 'c') && @request.auth.id != ''",
    })
    const stream = await connect(app)
    await stream.subscribe(['wide/*'], ada.token)

    const [id = ''] = await createRecords(app, admin.token, 'wide', { f0: 'seen', f95: 'last' })
    await app.delete(`/api/collections/wide/records/${id}`, { token: admin.token })

    const events = await stream.received(2)
    expect(events.map(({ data }) => data)).toMatchObject([
      { action: 'create', record: { id, f0: 'seen', f95: 'last' } },
      { action: 'delete', record: { id, f0: 'seen', f95: 'last' } },
    ])
  })
})

describe('events', () => {
  it('of a record go to clients that may list or view it', async ({ expect }) => {
    const { app, admin, ada, bob } = await createWorld({
      listRule: 'owner = @request.auth.id',
      viewRule: "owner = @request.auth.id || title = 'public'",
    })
    const [mine = ''] = await createRecords(app, admin.token, 'posts', {
      title: 'a',
      owner: ada.id,
    })
    const streams = {
      guest: await connect(app),
      ada: await connect(app),
      bob: await connect(app),
      admin: await connect(app),
    }
    await streams.guest.subscribe(['posts/*', `posts/${mine}`])
    await streams.ada.subscribe(['posts/*', `posts/${mine}`], ada.token)
    await streams.bob.subscribe(['posts/*', `posts/${mine}`], bob.token)
    await streams.admin.subscribe(['posts/*', `posts/${mine}`], admin.token)

    await app.patch(`${posts}/${mine}`, { title: 'b' }, { token: ada.token })
    await app.patch(`${posts}/${mine}`, { title: 'public' }, { token: ada.token })
    await createRecords(app, admin.token, 'posts', { title: 'c', owner: bob.id })
    await app.delete(`${posts}/${mine}`, { token: admin.token })

    const heard = async (stream: StreamClient, count: number): Promise<string[]> =>
      (await stream.received(count)).map(({ event, data }) => {
        const { action, record } = data as { action: string; record: { title: string } }
        return `${event.endsWith('*') ? 'list' : 'view'} ${action} ${record.title}`
      })
    expect((await heard(streams.admin, 7)).toSorted()).toEqual(
      [
        ...['list update b', 'view update b', 'list update public', 'view update public'],
        ...['list create c', 'list delete public', 'view delete public'],
      ].toSorted(),
    )
    expect((await heard(streams.ada, 6)).toSorted()).toEqual(
      [
        ...['list update b', 'view update b', 'list update public', 'view update public'],
        ...['list delete public', 'view delete public'],
      ].toSorted(),
    )
    expect(await heard(streams.bob, 3)).toEqual([
      'view update public',
      'list create c',
      'view delete public',
    ])
    expect(await heard(streams.guest, 2)).toEqual(['view update public', 'view delete public'])
    expect(JSON.stringify(streams.admin.events)).toContain('"secret":""')
  })

  it('of cascaded records are checked by the state before', async ({ expect }) => {
    const { app } = await createWorld()
    const [post = ''] = await createRecords(app, '', 'posts', { title: 'open' })
    await createRecords(app, '', 'comments', { text: 'x', post })
    const stream = await connect(app)
    await stream.subscribe(['comments/*'])

    await app.delete(`${posts}/${post}`)

    const [event] = await stream.received(1)
    expect(event?.data).toMatchObject({ action: 'delete', record: { text: 'x', post } })
  })

  it.for(['X-Forwarded-For', 'cf_connecting_ip', 'X-Office-Address'])(
    'ignore %s in the options',
    async (name, { expect }) => {
      const key = name.toLowerCase().replaceAll('-', '_')
      const { app, admin } = await createWorld({
        listRule: `@request.headers.${key} = '10.0.0.1' || @request.headers.x_key = 'k'`,
      })
      await app.patch(
        '/api/settings',
        { trustedProxy: { headers: ['X-Office-Address'] } },
        { token: admin.token },
      )
      const topic = (headers: Record<string, string>) =>
        `posts/*?options=${encodeURIComponent(JSON.stringify({ headers }))}`
      const stream = await connect(app)
      const [spoofed, honest] = [topic({ [name]: '10.0.0.1' }), topic({ 'X-Key': 'k' })]
      await stream.subscribe([spoofed, honest])

      await createRecords(app, admin.token, 'posts', { title: 'one' })

      expect((await stream.received(1)).map(({ event }) => event)).toEqual([honest])
    },
  )

  it('are checked with the options of each subscription', async ({ expect }) => {
    const { app, ada } = await createWorld()
    const options = (query: Record<string, string>): string =>
      `posts/*?options=${encodeURIComponent(JSON.stringify({ query }))}`
    const stream = await connect(app)
    const topics = [
      options({ filter: 'rank > 5' }),
      options({ fields: 'title' }),
      options({ expand: 'owner' }),
      options({ filter: "secret = 'x'" }),
    ]
    await stream.subscribe(topics, ada.token)

    await createRecords(app, ada.token, 'posts', { title: 'low', rank: 1 })
    await createRecords(app, ada.token, 'posts', { title: 'high', rank: 9, owner: ada.id })

    const events = await stream.received(5)
    expect(events.filter(({ event }) => event === topics[0])).toHaveLength(1)
    expect(events.find(({ event }) => event === topics[1])?.data).toEqual({
      record: { title: 'low' },
      action: 'create',
    })
    expect(events.findLast(({ event }) => event === topics[2])?.data).toMatchObject({
      record: { expand: { owner: { id: ada.id, email: 'ada@example.com' } } },
    })
    expect(events.some(({ event }) => event === topics[3])).toBe(false)
  })
})
