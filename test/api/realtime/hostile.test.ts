import { afterEach, describe, it, vi } from 'vitest'
import { host } from '#test-host'
import { createCatalogCache } from '#catalog/catalog-cache.ts'
import type { Catalog } from '#catalog/catalog.ts'
import type { Collection } from '#catalog/collection.ts'
import type {
  Publication,
  RealtimeAccount,
  RealtimeShard,
  RealtimeShards,
} from '#platform/realtime.ts'
import { groupSubscriptions, Hub } from '#realtime/hub.ts'
import { snapshotAsTable } from '#realtime/access/snapshot.ts'
import { planSubscriberAccess } from '#realtime/access/subscriber-access.ts'
import { signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { changeCollection, createCollections, createRecords } from '../../support/collections.ts'
import { openStream, type StreamClient } from '../../support/event-stream.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const posts = '/api/collections/posts/records'
const open: StreamClient[] = []

async function connect(app: TestApp, ip?: string): Promise<StreamClient> {
  const stream = await openStream(app, ip)
  open.push(stream)
  return stream
}

/** A stream in the same shard as another. */
async function connectBeside(
  app: TestApp,
  other: StreamClient,
  ip?: string,
): Promise<StreamClient> {
  for (;;) {
    const stream = await openStream(app, ip)
    if (stream.id.slice(0, 2) === other.id.slice(0, 2)) {
      open.push(stream)
      return stream
    }
    await stream.close()
  }
}

afterEach(async () => {
  vi.restoreAllMocks()
  for (const stream of open.splice(0)) await stream.close()
})

function withOptions(topic: string, query: Record<string, string>): string {
  return `${topic}?options=${JSON.stringify({ query })}`
}

const notPrivate = { listRule: "title != 'private'", viewRule: "title != 'private'" }
const ofPublicPost = { listRule: "post.title != 'private'", viewRule: "post.title != 'private'" }

async function createWorld(rules: object = {}, commentRules: object = {}) {
  const app = createTestApp()
  const { token } = await signInSuperuser(app)
  await createCollections(
    app,
    token,
    {
      name: 'posts',
      fields: [
        { type: 'text', name: 'title' },
        { type: 'number', name: 'rank' },
        { type: 'editor', name: 'body' },
      ],
      ...rules,
    },
    {
      name: 'comments',
      fields: [
        { type: 'text', name: 'text' },
        { type: 'relation', name: 'post', collectionId: 'posts_id', cascadeDelete: true },
      ],
      ...commentRules,
    },
  )
  return { app, token }
}

/** The records that a stream received, by title or text. */
function heard({ events }: StreamClient): unknown[] {
  return events.map(({ data }) => {
    const { record } = data as { record: Record<string, unknown> }
    return record['title'] ?? record['text']
  })
}

/** Waits until a subscriber without a filter has received another record. */
async function untilTold(app: TestApp, token: string, witness: StreamClient): Promise<void> {
  const count = witness.events.length
  await createRecords(app, token, 'posts', { title: 'last' })
  await witness.received(count + 1)
}

/** The definitions, and the group of a topic with these accounts. */
async function groupWith(accounts: readonly RealtimeAccount[], topic: string) {
  const catalog = await createCatalogCache().current(bindings.DB)
  const hub = new Hub()
  hub.connect('a', '', 0)
  hub.subscribe({ clientId: 'a', clientIp: '', subscriptions: [topic], account: undefined })
  const groups = groupSubscriptions(hub.subscriptionsToCollections(['comments']))
  return { catalog, groups: groups.map((group) => ({ ...group, accounts })) }
}

function requireNamed({ collections }: Catalog, name: string): Collection {
  const collection = collections.find(name)
  if (collection === undefined) throw new Error(`There is no ${name}.`)
  return collection
}

/** Wraps each shard. */
function shardsWith(change: (shard: RealtimeShard) => Partial<RealtimeShard>): RealtimeShards {
  const shards = host.realtime
  return {
    ...shards,
    shard(number) {
      const shard = shards.shard(number)
      return {
        fetch: (request) => shard.fetch(request),
        subscribe: (command) => shard.subscribe(command),
        publish: (publication) => shard.publish(publication),
        listeners: (topics) => shard.listeners(topics),
        send: (message) => shard.send(message),
        ...change(shard),
      }
    },
  }
}

describe('no client receives what the list would not show', () => {
  it('when a record that a rule refers to is deleted', async ({ expect }) => {
    const { app, token } = await createWorld(notPrivate, ofPublicPost)
    const [post = ''] = await createRecords(app, token, 'posts', { title: 'private' })
    await createRecords(app, token, 'comments', { text: 'secret', post })
    const witness = await connect(app)
    await witness.subscribe(['posts/*'], token)
    const guest = await connect(app)
    // More options than the deleting batch checks.
    const topics = Array.from({ length: 450 }, (_, n) =>
      withOptions('comments/*', { n: String(n) }),
    )
    await guest.subscribe(topics)

    await app.delete(`${posts}/${post}`, { token })
    await untilTold(app, token, witness)

    expect(heard(guest)).toEqual([])
  })

  it('when a record is updated and its relation deleted in one batch', async ({ expect }) => {
    const { app, token } = await createWorld(notPrivate, ofPublicPost)
    await app.patch('/api/settings', { batch: { enabled: true } }, { token })
    const [post = ''] = await createRecords(app, token, 'posts', { title: 'private' })
    const [comment = ''] = await createRecords(app, token, 'comments', { text: 'secret', post })
    const witness = await connect(app)
    await witness.subscribe(['posts/*'], token)
    const guest = await connectBeside(app, witness)
    await guest.subscribe(['comments/*'])

    const url = `/api/collections/comments/records/${comment}`
    const requests = [
      { method: 'PATCH', url, body: { text: 'another secret' } },
      { method: 'DELETE', url: `${posts}/${post}` },
    ]
    expect((await app.post('/api/batch', { requests }, { token })).status).toBe(200)
    await untilTold(app, token, witness)

    expect(heard(guest)).toEqual([])
  })

  it.for([
    { name: 'a number and a text', rule: "rank < '5'", record: { title: 'nine', rank: 9 } },
    { name: 'a text and a number', rule: 'title > 5', record: { title: '1' } },
  ])('when a rule compares $name', async ({ rule, record }, { expect }) => {
    const { app, token } = await createWorld({ listRule: rule })
    const witness = await connect(app)
    await witness.subscribe(['posts/*'], token)
    const guest = await connectBeside(app, witness)
    await guest.subscribe(['posts/*'])

    await createRecords(app, token, 'posts', record)
    await witness.received(1)
    const { body } = await app.get(posts)
    await untilTold(app, token, witness)

    expect(body).toMatchObject({ totalItems: 0 })
    expect(heard(guest)).not.toContain(record.title)
  })

  it('through the account that is checked first', async ({ expect }) => {
    const { app, token } = await createWorld()
    const ada = await signUp(app, 'ada@example.com')
    const bob = await signUp(app, 'bob@example.com')
    const toUsers = { type: 'relation', name: 'user', collectionId: '_pb_users_auth_' }
    const own = 'user = @request.auth.id'
    await createCollections(
      app,
      token,
      { name: 'grants', fields: [{ type: 'text', name: 'code' }, toUsers], listRule: own },
      {
        name: 'docs',
        fields: [
          { type: 'text', name: 'title' },
          { type: 'relation', name: 'post', collectionId: 'posts_id' },
          { type: 'relation', name: 'grant', collectionId: 'grants_id' },
        ],
      },
    )
    const [grant = ''] = await createRecords(app, token, 'grants', { code: 'x', user: bob.id })
    const topic = withOptions('docs/*', { filter: "grant.code = 'x'", expand: 'post' })
    const adas = await connect(app)
    const bobs = await connectBeside(app, adas)

    for (const order of [
      [bobs, adas],
      [adas, bobs],
    ]) {
      for (const stream of order) {
        const who = stream === adas ? ada : bob
        await stream.subscribe([], who.token)
        await stream.subscribe([topic], who.token)
      }
      const count = bobs.events.length
      await createRecords(app, token, 'docs', { title: 'granted', grant })
      await bobs.received(count + 1)
    }

    expect(heard(bobs)).toEqual(['granted', 'granted'])
    expect(heard(adas)).toEqual([])
  })

  it('with a token signed before the secret changed, however late it subscribes', async ({
    expect,
  }) => {
    const { app, token } = await createWorld({ listRule: "@request.auth.id != ''" })
    const ada = await signUp(app, 'ada@example.com')
    const stream = await connect(app)
    const witness = await connectBeside(app, stream)
    const late: (() => Promise<unknown>)[] = []
    const realtime = shardsWith((shard) => ({
      subscribe: async (command) => {
        late.push(() => shard.subscribe(command))
        return 'subscribed'
      },
    }))
    const slow = createTestApp({}, { realtime })
    const command = { clientId: stream.id, subscriptions: ['posts/*'] }
    await slow.post('/api/realtime', command, { token: ada.token })
    await witness.subscribe(['posts/*'], token)
    await changeCollection(app, token, 'users', { authToken: { secret: 'y'.repeat(50) } })
    await untilTold(app, token, witness)

    for (const subscribe of late) await subscribe()
    await untilTold(app, token, witness)
    await untilTold(app, token, witness)

    expect(heard(stream)).toEqual([])
  })
})

describe('no client can block others with:', () => {
  /** Too many paths of relations to follow. */
  function wideExpand(): string {
    const names = [...'pqr']
    return names
      .flatMap((a) =>
        names.flatMap((b) => names.flatMap((c) => names.map((d) => [a, b, c, d].join('.')))),
      )
      .join(',')
  }

  it('an expansion over the limit', async ({ expect }) => {
    const { app, token } = await createWorld()
    await createCollections(app, token, { name: 'nodes', fields: [] })
    await changeCollection(app, token, 'nodes', {
      fields: [
        { type: 'text', name: 'title' },
        ...[...'pqr'].map((name) => ({ type: 'relation', name, collectionId: 'nodes_id' })),
      ],
    })
    const [id = ''] = await createRecords(app, token, 'nodes', { title: 'gone' })
    const witness = await connect(app)
    await witness.subscribe(['nodes/*'])
    const hostile = await connectBeside(app, witness)
    await hostile.subscribe([withOptions('nodes/*', { expand: wideExpand() })])

    const { status } = await app.delete(`/api/collections/nodes/records/${id}`, { token })
    await createRecords(app, token, 'nodes', { title: 'made' })
    await witness.received(2)

    expect(status).toBe(204)
    expect(heard(witness)).toEqual(['gone', 'made'])
  })

  it('unique options', async ({ expect }) => {
    const { app, token } = await createWorld({ listRule: "title != ''" })
    const witness = await connect(app, '198.51.100.1')
    await witness.subscribe(['posts/*'])
    const hostile = await connectBeside(app, witness, '198.51.100.2')
    const topics = Array.from({ length: 450 }, (_, n) => withOptions('posts/*', { n: String(n) }))
    await hostile.subscribe(topics.flatMap((topic) => [topic, `${topic}&`]))

    const [id = ''] = await createRecords(app, token, 'posts', { title: 'one' })
    await app.delete(`${posts}/${id}`, { token })
    await witness.received(2)

    expect(heard(witness)).toEqual(['one', 'one'])
  })

  it('a deletion of very many records, without single events', async ({ expect }) => {
    const { app, token } = await createWorld({ listRule: "title != ''" })
    await bindings.DB.prepare(
      `INSERT INTO "posts" ("id", "title") WITH RECURSIVE n(i) AS
        (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) SELECT printf('r%014d', i), 'x' FROM n`,
    ).run()
    const witness = await connect(app)
    await witness.subscribe(['comments/*'])
    const listener = await connectBeside(app, witness)
    await listener.subscribe(['posts/*'])

    const { status } = await app.delete('/api/collections/posts/truncate', { token })
    await vi.waitFor(() => expect(listener.isEnded()).toBe(true), { timeout: 10_000 })

    expect(status).toBe(204)
    // Its client must resync; other subscribers need not.
    expect(heard(listener)).toEqual([])
    expect(witness.isEnded()).toBe(false)
  })

  it('a batch of many deletions, with the access checks of one', async ({ expect }) => {
    const { app, token } = await createWorld({ listRule: "title != ''", deleteRule: '' })
    await app.patch('/api/settings', { batch: { enabled: true } }, { token })
    const titles = Array.from({ length: 20 }, (_, n) => ({ title: `post ${n}` }))
    const ids = await createRecords(app, token, 'posts', ...titles)
    const listener = await connect(app)
    const topics = Array.from({ length: 100 }, (_, n) => withOptions('posts/*', { n: String(n) }))
    const ada = await signUp(app, 'ada@example.com')
    await listener.subscribe(topics, ada.token)
    let most = 0
    const DB = {
      prepare: (text: string) => bindings.DB.prepare(text),
      batch: async (statements: D1PreparedStatement[]) => {
        most = Math.max(most, statements.length)
        return await bindings.DB.batch(statements)
      },
    } as unknown as typeof bindings.DB

    const requests = ids.map((id) => ({ method: 'DELETE', url: `${posts}/${id}` }))
    const { status } = await createTestApp({ DB }).post('/api/batch', { requests })
    await vi.waitFor(() => expect(listener.isEnded()).toBe(true), { timeout: 10_000 })

    expect(status).toBe(200)
    // Of 2,000 checks; the deletions themselves take some for each request.
    expect(most).toBeLessThan(900)
  })

  it('more subscriptions than there is room for', async ({ expect }) => {
    const { app } = await createWorld()
    const hostile = await connect(app)
    const topics = Array.from({ length: 1000 }, (_, n) => `posts/${n}${'x'.repeat(2400)}`)

    expect((await hostile.subscribe(topics)).status).toBe(413)
    expect((await hostile.subscribe(topics.slice(0, 100))).status).toBe(204)
  })

  it('a record with the largest possible text', async ({ expect }) => {
    const { app } = await createWorld()
    const listener = await connect(app)
    await listener.subscribe([withOptions('posts/*', { filter: "title != ''", fields: 'title' })])

    await app.post(posts, { title: 'large', body: `x${'\n'.repeat(1_300_000)}x` })
    await listener.received(1)

    expect(heard(listener)).toEqual(['large'])
  })
})

describe('if a shard cannot be reached', () => {
  it('a deletion goes on, and its subscribers resync', async ({ expect }) => {
    const { app, token } = await createWorld()
    const [id = ''] = await createRecords(app, token, 'posts', { title: 'gone' })
    const listener = await connect(app)
    await listener.subscribe(['posts/*'])
    const realtime = shardsWith(() => ({ listeners: () => Promise.reject(new Error('moved')) }))

    const { status } = await createTestApp({}, { realtime }).delete(`${posts}/${id}`, { token })
    await vi.waitFor(() => expect(listener.isEnded()).toBe(true), { timeout: 10_000 })

    expect(status).toBe(204)
  })

  it('is delivered a second time', async ({ expect }) => {
    const { app, token } = await createWorld()
    const listener = await connect(app)
    await listener.subscribe(['posts/*'])
    let calls = 0
    const realtime = shardsWith((shard) => ({
      publish: async (publication: Publication) => {
        if (calls++ % 2 === 0) throw new Error('Network connection lost.')
        await shard.publish(publication)
      },
    }))

    const other = createTestApp({}, { realtime })
    await createRecords(other, token, 'posts', { title: 'one' }, { title: 'two' })
    await listener.received(2)

    expect(heard(listener)).toEqual(['one', 'two'])
  })
})

describe('a definition that changes before an update is delivered', () => {
  it('is applied, and ends no stream', async ({ expect }) => {
    const { app, token } = await createWorld()
    const listener = await connect(app)
    await listener.subscribe(['posts/*'])
    const held: (() => Promise<void>)[] = []
    const realtime = shardsWith((shard) => ({
      publish: async (publication) => {
        held.push(() => shard.publish(publication))
      },
    }))
    await createRecords(createTestApp({}, { realtime }), token, 'posts', { title: 'one' })
    await changeCollection(app, token, 'posts', {
      fields: [
        { type: 'text', name: 'title' },
        { type: 'bool', name: 'isHidden' },
      ],
      listRule: 'isHidden = false',
    })

    for (const tell of held) await tell()
    await listener.received(1)

    expect(heard(listener)).toEqual(['one'])
    expect(listener.isEnded()).toBe(false)
  })
})

describe('subscriptions', () => {
  it('to a collection that is created later receive its events', async ({ expect }) => {
    const { app, token } = await createWorld()
    const early = await connect(app)
    await early.subscribe(['later/*'])
    await createCollections(app, token, {
      name: 'later',
      fields: [{ type: 'text', name: 'title' }],
    })
    const late = await connectBeside(app, early)
    await late.subscribe(['later/*'])
    // The object queries again after a second.
    await new Promise((resolve) => setTimeout(resolve, 1500))

    await createRecords(app, token, 'later', { title: 'made' })
    await Promise.all([early.received(1), late.received(1)])

    expect([heard(early), heard(late)]).toEqual([['made'], ['made']])
  })

  it('of many concurrent clients are all stored', async ({ expect }) => {
    const { app, token } = await createWorld()
    const first = await connect(app)
    const streams = [first]
    for (let n = 0; n < 5; n++) streams.push(await connectBeside(app, first))
    await Promise.all(
      streams.map((stream, n) => stream.subscribe([n % 2 === 0 ? 'posts/*' : 'comments/*'])),
    )

    await createRecords(app, token, 'posts', { title: 'post' })
    await createRecords(app, token, 'comments', { text: 'comment' })
    await Promise.all(streams.map((stream) => stream.received(1)))

    expect(
      streams.map((stream) => String(heard(stream))).toSorted((a, b) => a.localeCompare(b)),
    ).toEqual(['comment', 'comment', 'comment', 'post', 'post', 'post'])
  })

  it('of very many accounts with expand are delivered once each, including guests', async ({
    expect,
  }) => {
    const { app, token } = await createWorld()
    const [post = ''] = await createRecords(app, token, 'posts', { title: 'post' })
    const topic = withOptions('comments/*', { expand: 'post', filter: "text != ''" })
    // Enough accounts for two parts of a group.
    const accounts = Array.from({ length: 130 }, (_, n) => ({
      collectionId: '_pb_users_auth_',
      recordId: `account${String(n).padStart(8, '0')}`,
      sessionId: `session${n}`,
      tokenKey: 'key',
      secretDigest: '',
      isSuperuser: false,
    }))
    const { catalog, groups } = await groupWith(accounts, topic)

    const question = planSubscriberAccess(
      { catalog, caller: undefined, now: new Date(), followers: [] },
      snapshotAsTable(requireNamed(catalog, 'comments'), { id: 'x', text: 'a', post }),
      groups,
      100,
    )
    const rest = planSubscriberAccess(
      { catalog, caller: undefined, now: new Date(), followers: [] },
      snapshotAsTable(requireNamed(catalog, 'comments'), { id: 'x', text: 'a', post }),
      question.unasked,
      400,
    )

    expect(question.statements).toHaveLength(101)
    expect(rest.statements).toHaveLength(30)
    expect(rest.unasked).toEqual([])
  })
})
