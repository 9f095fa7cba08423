import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createCollections, createRecords } from '../../support/collections.ts'
import { crashingDatabase } from '../../support/crashing-database.ts'
import { createCatalogCache } from '#catalog/catalog-cache.ts'
import { createJobs } from '#crons/jobs.ts'
import { createMailbox } from '#extension/testing/mailbox.ts'
import { createTestApp } from '../../support/test-app.ts'
import {
  type Arrival,
  createReceiver,
  type Receiver,
  runDelivery,
} from '../../support/webhook-receiver.ts'
import {
  bodyOf,
  createWebhookWorld,
  receiverUrl,
  type WebhookWorld,
} from '../../support/webhooks.ts'

const posts = '/api/collections/posts/records'
const second = 1000
const minute = 60 * second
const hour = 60 * minute
// Sessions are kept by the clock of the host, so a test begins near it.
const start = new Date(Math.ceil(Date.now() / hour) * hour)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: start })
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

interface World extends WebhookWorld {
  readonly receiver: Receiver
}

/** A deployment whose webhooks arrive at a receiver in the test. */
async function createWorld(): Promise<World> {
  const receiver = createReceiver()
  return { ...(await createWebhookWorld({}, { webhooks: receiver.sender })), receiver }
}

async function createPost({ app, token }: WebhookWorld, body: object = { title: 'Hello' }) {
  const answer = await app.post(posts, body, { token })
  return String(bodyOf(answer)['id'])
}

async function rows(table: '_events' | '_deliveries' | '_webhooks') {
  const { results } = await bindings.DB.prepare(`SELECT * FROM "${table}"`).all()
  return results
}

/** The waiting mails with a text in them: to whom, and their subject. */
async function mailsAbout(text: string): Promise<string[]> {
  const { results } = await bindings.DB.prepare('SELECT "mail" FROM "_outbox" ORDER BY "due"').all()
  return results
    .map(({ mail }) => String(mail))
    .filter((mail) => mail.includes(text))
    .map((mail) => JSON.parse(mail) as { to: [{ address: string }]; subject: string })
    .map(({ to: [{ address }], subject }) => `${address}: ${subject}`)
    .toSorted()
}

/** The parts of arrivals that matter here. */
function told(arrivals: readonly Arrival[]) {
  return arrivals.map(({ event }) => [event.type, event.data.record['title']])
}

async function later(milliseconds: number, receiver: Receiver): Promise<void> {
  vi.setSystemTime(Date.now() + milliseconds)
  await runDelivery(receiver)
}

describe('a webhook', () => {
  it('is told of a creation, signed by Standard Webhooks', async ({ expect }) => {
    const world = await createWorld()
    const { secret } = await world.subscribe({ headers: { 'X-Key': 'abc' } })
    const user = await signUp(world.app, 'user@example.com')
    await world.app.patch('/api/collections/posts', { createRule: '' }, world)

    await world.app.post(
      posts,
      { title: 'Hello', secret: 'x', extra: { a: [1] } },
      { token: user.token },
    )

    const [arrival] = world.receiver.arrivals
    expect(world.receiver.arrivals).toHaveLength(1)
    expect(arrival?.url).toBe(receiverUrl)
    expect(arrival?.headers).toMatchObject({ 'Content-Type': 'application/json', 'X-Key': 'abc' })
    const event = new Webhook(secret).verify(arrival?.body ?? '', { ...arrival?.headers })
    expect(event).toEqual({
      type: 'record.created',
      timestamp: start.toISOString(),
      data: {
        collection: { id: 'pbc_posts', name: 'posts' },
        actor: { collection: 'users', id: user.id },
        record: {
          collectionId: 'pbc_posts',
          collectionName: 'posts',
          id: expect.any(String),
          title: 'Hello',
          status: '',
          views: 0,
          pinned: false,
          extra: { a: [1] },
        },
      },
    })
  })

  it('is told of an update, with what it was before', async ({ expect }) => {
    const world = await createWorld()
    await world.subscribe({ events: ['updated'] })
    const id = await createPost(world)

    await world.app.patch(`${posts}/${id}`, { title: 'New', 'views+': 2, secret: 'y' }, world)

    expect(world.receiver.arrivals.map(({ event }) => event)).toMatchObject([
      {
        type: 'record.updated',
        data: {
          record: { id, title: 'New', views: 2 },
          changed: ['title', 'views'],
          previous: { id, title: 'Hello', views: 0 },
        },
      },
    ])
  })

  it('is told of a deletion with its cascade and lost references', async ({ expect }) => {
    const world = await createWorld()
    const { app, token } = world
    await world.subscribe({ collection: 'comments' })
    const post = await createPost(world)
    const others = { text: 'about', about: [post] }
    await createRecords(app, token, 'comments', { text: 'on', post }, others)
    await runDelivery(world.receiver)
    const before = world.receiver.arrivals.length

    await app.delete(`${posts}/${post}`, { token })

    const events = world.receiver.arrivals.slice(before).map(({ event }) => event)
    expect(events.toSorted((a, b) => (a.type < b.type ? -1 : 1))).toMatchObject([
      { type: 'record.deleted', data: { record: { text: 'on' } } },
      {
        type: 'record.updated',
        data: {
          record: { text: 'about', about: [] },
          previous: { about: [post] },
          changed: ['about'],
        },
      },
    ])
  })

  it('is told of each of a thousand records that a deletion takes along', async ({ expect }) => {
    const world = await createWorld()
    await world.subscribe({ collection: 'comments', events: ['deleted'], filter: 'text != "c7"' })
    const post = await createPost(world)
    await bindings.DB.prepare(
      `INSERT INTO "comments" ("id", "text", "post") WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < 1000)
       SELECT printf('c%014d', n), 'c' || n, ? FROM series`,
    )
      .bind(post)
      .run()

    const deleted = await createTestApp().delete(`${posts}/${post}`, world)

    expect(deleted.status).toBe(204)
    expect(await rows('_events')).toHaveLength(999)
    expect(await rows('_deliveries')).toHaveLength(999)
  })

  it('is told of each write of a batch, and of none of one that failed', async ({ expect }) => {
    const world = await createWorld()
    const { app, token } = world
    await world.subscribe()
    const write = (title: string, id?: string) => ({
      method: 'POST',
      url: posts,
      body: { title, id },
    })

    await app.post('/api/batch', { requests: [write('A'), write('B')] }, { token })
    const failed = await app.post(
      '/api/batch',
      { requests: [write('C'), write('D', '?')] },
      { token },
    )

    expect(failed.status).toBe(400)
    expect(new Set(told(world.receiver.arrivals))).toEqual(
      new Set([
        ['record.created', 'A'],
        ['record.created', 'B'],
      ]),
    )
    expect(await rows('_events')).toHaveLength(2)
  })

  it('leaves no row behind for a write that is refused', async ({ expect }) => {
    const world = await createWorld()
    await world.subscribe()

    await world.app.patch('/api/collections/posts', { createRule: null }, world)
    const answer = await world.app.post(posts, { title: 'x' })
    const missing = await world.app.patch(`${posts}/missing00000000`, { title: 'x' }, world)

    expect([answer.status, missing.status]).toEqual([403, 404])
    expect(await rows('_events')).toEqual([])
    expect(await rows('_deliveries')).toEqual([])
  })

  it.for([
    { name: 'a field', filter: "title = 'B'", found: ['B'] },
    { name: 'a hidden field', filter: "secret = 'x'", found: ['A'] },
    { name: 'a back-relation', filter: 'comments_via_post.id != ""', found: [] },
    { name: 'another collection', filter: '@collection.posts.title ?= "A"', found: ['A', 'B'] },
    { name: 'the time', filter: '@now > "2026-01-01 00:00:00Z"', found: ['A', 'B'] },
  ])('hears only what passes its filter about $name', async ({ filter, found }, { expect }) => {
    const world = await createWorld()
    await world.subscribe({ filter })

    await createPost(world, { title: 'A', secret: 'x' })
    await createPost(world, { title: 'B' })

    expect(told(world.receiver.arrivals).map(([, title]) => title)).toEqual(found)
    expect(await rows('_events')).toHaveLength(found.length)
  })

  it('compares former values with present ones', async ({ expect }) => {
    const world = await createWorld()
    const filter = "@old.status = 'draft' && status = 'open' && @old.views < views"
    await world.subscribe({ events: ['updated'], filter })
    const id = await createPost(world, { title: 'x', status: 'draft' })

    for (const body of [
      { title: 'y' },
      { status: 'open' },
      { status: 'draft' },
      { status: 'open', views: 3 },
      { views: 4 },
    ]) {
      await world.app.patch(`${posts}/${id}`, body, world)
    }

    expect(world.receiver.arrivals.map(({ event }) => event.data['changed'])).toEqual([
      ['status', 'views'],
    ])
  })

  it('judges a deletion by the record before it', async ({ expect }) => {
    const world = await createWorld()
    await world.subscribe({ events: ['deleted'], filter: 'comments_via_post.text ?= "yes"' })
    const [kept, left] = [await createPost(world), await createPost(world, { title: 'Bye' })]
    await createRecords(world.app, world.token, 'comments', { text: 'yes', post: left })

    await world.app.delete(`${posts}/${kept}`, world)
    await world.app.delete(`${posts}/${left}`, world)

    expect(told(world.receiver.arrivals)).toEqual([['record.deleted', 'Bye']])
  })

  it('gets only the fields it wants', async ({ expect }) => {
    const world = await createWorld()
    await world.subscribe({ fields: ['title'], events: ['created'] })
    await world.subscribe({ payload: 'thin', events: ['created'] })

    const id = await createPost(world)

    expect(
      world.receiver.arrivals
        .map(({ event }) => event.data.record)
        .toSorted((a, b) => Object.keys(b).length - Object.keys(a).length),
    ).toEqual([{ id, title: 'Hello' }, { id }])
  })

  it('gets only the id of a record that is too large', async ({ expect }) => {
    const world = await createWorld()
    await world.subscribe({ events: ['created'] })
    await world.subscribe({ events: ['created'], payload: 'full:64' })
    const extra = (size: number) => ({ title: 'x', extra: 'y'.repeat(size) })

    await createPost(world, extra(19_000))
    await createPost(world, extra(30_000))
    await createPost(world, extra(150_000))

    const sizes = world.receiver.arrivals.map(({ event }) => event.data['truncated'] === true)
    expect(sizes).toHaveLength(6)
    expect(sizes.filter(Boolean)).toHaveLength(3)
  })

  it('survives the renaming of a field between event and delivery', async ({ expect }) => {
    const world = await createWorld()
    const { app, token } = world
    await world.subscribe()
    world.receiver.answer = () => 500
    await createPost(world)
    const { body } = await app.get('/api/collections/posts', { token })
    const { fields } = body as { fields: { name: string }[] }
    const renamed = fields.map((field) =>
      field.name === 'title' ? { ...field, name: 'headline' } : field,
    )
    await app.patch('/api/collections/posts', { fields: renamed }, { token })

    await later(minute, world.receiver)

    expect(world.receiver.arrivals.at(-1)?.event.data.record['headline']).toBe('Hello')
  })

  it('costs a write nothing while it belongs to another collection', async ({ expect }) => {
    const world = await createWorld()
    const statementsOf = async (): Promise<number> => {
      const batch = vi.spyOn(bindings.DB, 'batch')
      await createPost(world)
      const count = batch.mock.calls.reduce((sum, [statements]) => sum + statements.length, 0)
      batch.mockRestore()
      return count
    }
    await createPost(world)
    const none = await statementsOf()
    await world.subscribe({ collection: 'comments' })
    await world.app.get(posts, world)

    expect(await statementsOf()).toBe(none)
  })
})

describe('a delivery', () => {
  it('is attempted ten times within three days and a bit, then dead', async ({ expect }) => {
    const world = await createWorld()
    await world.subscribe()
    world.receiver.answer = () => 500
    await createPost(world)
    const moments = [0]

    for (let attempt = 1; attempt < 10; attempt++) {
      const [row] = await rows('_deliveries')
      vi.setSystemTime(Number(row?.['due']) * second)
      await runDelivery(world.receiver)
      moments.push(Date.now() - start.getTime())
    }
    await later(48 * hour, world.receiver)

    const delays = moments.slice(1).map((moment, index) => moment - (moments[index] ?? 0))
    const expected = [
      5 * second,
      5 * minute,
      30 * minute,
      ...[2, 5, 10, 14, 20, 24].map((hours) => hours * hour),
    ]
    expect(world.receiver.arrivals).toHaveLength(10)
    expect(new Set(world.receiver.arrivals.map(({ id }) => id)).size).toBe(1)
    for (const [index, delay] of delays.entries()) {
      expect(delay).toBeGreaterThanOrEqual((expected[index] ?? 0) * 0.8 - second)
      expect(delay).toBeLessThanOrEqual((expected[index] ?? 0) * 1.2 + second)
    }
    expect(await rows('_deliveries')).toMatchObject([
      { state: 'dead', attempts: 10, status: 500, error: 'status 500', answer: 'the answer' },
    ])
  })

  it.for([
    { name: 'a redirect', answer: 301, error: 'redirects are not followed' },
    { name: 'a refusal', answer: 400, error: 'status 400' },
    { name: 'no answer', answer: 'timeout', error: 'no answer within 15 s' },
    { name: 'a broken connection', answer: 'reset', error: 'reset' },
  ] as const)('is tried again after $name', async ({ answer, error }, { expect }) => {
    const world = await createWorld()
    await world.subscribe()
    world.receiver.answer = () => {
      if (typeof answer === 'number') return answer
      throw answer === 'timeout' ? new DOMException('', 'TimeoutError') : new Error(answer)
    }
    await createPost(world)
    expect(await rows('_deliveries')).toMatchObject([{ state: 'waiting', error }])
    world.receiver.answer = () => 204

    await later(minute, world.receiver)

    expect(await rows('_deliveries')).toMatchObject([{ state: 'done', attempts: 2, error: '' }])
    expect(await rows('_webhooks')).toMatchObject([{ failingSince: null }])
  })

  it('waits as long as Retry-After says, with its whole endpoint', async ({ expect }) => {
    const world = await createWorld()
    await world.subscribe()
    world.receiver.answer = () => ({ status: 429, retryAfter: '3600' })
    await createPost(world)
    world.receiver.answer = () => 200
    await createPost(world)

    await later(59 * minute, world.receiver)
    const early = world.receiver.arrivals.length
    await later(2 * minute, world.receiver)

    expect(early).toBe(1)
    expect(world.receiver.arrivals).toHaveLength(3)
  })

  it('is not attempted at an endpoint that is gone, until it is switched on again', async ({
    expect,
  }) => {
    const world = await createWorld()
    const { app, token } = world
    const { id } = await world.subscribe()
    world.receiver.answer = () => 500
    await createPost(world)
    world.receiver.answer = () => 410
    await createPost(world)
    world.receiver.answer = () => 200
    await createPost(world)

    const off = await app.get(`/api/webhooks/${id}`, { token })
    await later(hour, world.receiver)
    expect(off.body).toMatchObject({ enabled: false, state: 'off', reason: 'gone', paused: 2 })
    expect(await mailsAbout('hook')).toEqual([
      'admin@example.com: A webhook of Acme was turned off',
    ])
    expect(world.receiver.arrivals).toHaveLength(2)

    const on = await app.patch(`/api/webhooks/${id}`, { enabled: true }, { token })
    const replayed = await app.post(`/api/webhooks/${id}/replay`, {}, { token })

    expect(on.body).toMatchObject({ state: 'active', reason: '', failingSince: '' })
    expect(replayed).toMatchObject({ status: 202, body: { count: 2 } })
    expect(world.receiver.arrivals).toHaveLength(4)
    expect(
      world.receiver.arrivals
        .slice(2)
        .map((each) => each.id)
        .toSorted(),
    ).toEqual(
      world.receiver.arrivals
        .slice(0, 2)
        .map((each) => each.id)
        .toSorted(),
    )
  })

  it('switches an endpoint off that has failed for five days, after a mail on the second', async ({
    expect,
  }) => {
    const world = await createWorld()
    const { id } = await world.subscribe({ name: 'My hook' })
    world.receiver.answer = () => 500
    await createPost(world)
    for (let day = 0; day < 5; day++) {
      await later(24 * hour + minute, world.receiver)
      await createPost(world)
    }

    const viewed = await world.app.get(`/api/webhooks/${id}`, world)
    const mails = await mailsAbout('My hook')

    expect(viewed.body).toMatchObject({ state: 'off', reason: 'failing', waiting: 0 })
    expect(mails).toEqual([
      'admin@example.com: A webhook of Acme fails',
      'admin@example.com: A webhook of Acme was turned off',
    ])
  })

  it('is mailed about and turned off as soon as the settings say', async ({ expect }) => {
    const world = await createWorld()
    const { app, token } = world
    const { id } = await world.subscribe()
    const webhooks = { mailAfter: 60, turnOffAfter: 3600 }
    await app.patch('/api/settings', { arete: { webhooks } }, { token })
    world.receiver.answer = () => 500
    await createPost(world)

    await later(2 * minute, world.receiver)
    const failing = await mailsAbout('hook')
    await later(hour, world.receiver)
    const viewed = await app.get(`/api/webhooks/${id}`, { token })

    expect(failing).toEqual(['admin@example.com: A webhook of Acme fails'])
    expect(viewed.body).toMatchObject({ state: 'off', reason: 'failing' })
    expect(await mailsAbout('hook')).toHaveLength(2)
  })

  it.for([
    [{ mailAfter: 59 }, 'mailAfter'],
    [{ turnOffAfter: 0 }, 'turnOffAfter'],
    [{ turnOffAfter: 31 * 24 * 3600 }, 'turnOffAfter'],
  ] as const)('is refused patience like %j', async ([webhooks, name], { expect }) => {
    const { app, token } = await createWorld()

    const answer = await app.patch('/api/settings', { arete: { webhooks } }, { token })

    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({ data: { arete: { webhooks: { [name]: {} } } } })
  })

  it('follows earlier ones of its record on request, and passes a dead one', async ({ expect }) => {
    const world = await createWorld()
    await world.subscribe({ ordered: true })
    world.receiver.answer = ({ event }) => (event.data.record['title'] === 'first' ? 500 : 200)
    const id = await createPost(world, { title: 'first' })
    await world.app.patch(`${posts}/${id}`, { title: 'second' }, world)
    await createPost(world, { title: 'other' })

    await runDelivery(world.receiver)
    expect(told(world.receiver.arrivals).map(([, title]) => title)).toEqual(['first', 'other'])

    await bindings.DB.prepare('UPDATE "_deliveries" SET "attempts" = 9 WHERE "state" = ?')
      .bind('waiting')
      .run()
    await later(minute, world.receiver)
    await runDelivery(world.receiver)

    expect(told(world.receiver.arrivals).map(([, title]) => title)).toEqual([
      'first',
      'other',
      'first',
      'second',
    ])
  })

  it('is signed with both secrets while they are rotated', async ({ expect }) => {
    const world = await createWorld()
    const { id, secret: old } = await world.subscribe()
    const rotated = await world.app.post(`/api/webhooks/${id}/rotate`, { keepSeconds: 60 }, world)
    const secret = String(bodyOf(rotated)['secret'])

    await createPost(world)
    vi.setSystemTime(Date.now() + minute)
    await createPost(world)

    const [both, single] = world.receiver.arrivals
    const verifies = (arrival: Arrival | undefined, by: string): boolean => {
      const now = Date.now()
      try {
        vi.setSystemTime(Number(arrival?.headers['webhook-timestamp']) * second)
        new Webhook(by).verify(arrival?.body ?? '', { ...arrival?.headers })
        return true
      } catch {
        return false
      } finally {
        vi.setSystemTime(now)
      }
    }
    expect([verifies(both, old), verifies(both, secret)]).toEqual([true, true])
    expect([verifies(single, old), verifies(single, secret)]).toEqual([false, true])
  })

  it('waits, and loses no attempt, while no key opens its secrets', async ({ expect }) => {
    const world = await createWorld()
    const { id } = await world.subscribe()
    world.receiver.answer = () => 500
    await createPost(world)
    vi.setSystemTime(Date.now() + minute)
    await runDelivery(world.receiver, { SETTINGS_KEY: 'another key, with enough characters' })

    const paused = await world.app.get(`/api/webhooks/${id}`, world)
    expect(paused.body).toMatchObject({ state: 'paused', reason: 'key', waiting: 1 })

    world.receiver.answer = () => 200
    await later(hour, world.receiver)
    const active = await world.app.get(`/api/webhooks/${id}`, world)
    expect(active.body).toMatchObject({ state: 'active', reason: '', waiting: 0 })
  })

  it('never stands in the way of others if its row cannot be read', async ({ expect }) => {
    const world = await createWorld()
    await world.subscribe()
    world.receiver.answer = () => 500
    await createPost(world)
    await createPost(world, { title: 'fine' })
    await bindings.DB.prepare(
      'UPDATE "_events" SET "record" = ? WHERE "seq" = (SELECT min("seq") FROM "_events")',
    )
      .bind('nonsense')
      .run()
    world.receiver.answer = () => 200

    await later(minute, world.receiver)

    expect(told(world.receiver.arrivals.slice(2))).toEqual([['record.created', 'fine']])
    expect(
      (await rows('_deliveries'))
        .map(({ state }) => String(state))
        .toSorted((a, b) => (a < b ? -1 : 1)),
    ).toEqual(['dead', 'done'])
  })

  // The batches of a run: the catalog, the check, the removal, the claim, the note, the next claim.
  it.for(
    [0, 1, 2, 3, 4, 5].flatMap((at) => [
      { at, crash: 'before' as const },
      { at, crash: 'after' as const },
    ]),
  )(
    'survives the end of its isolate $crash batch $at, with a duplicate only after it was sent',
    async ({ at, crash }, { expect }) => {
      const world = await createWorld()
      await world.subscribe()
      await createTestApp().post(posts, { title: 'x' }, world)

      const { db } = crashingDatabase(at, crash)
      await runDelivery(world.receiver, { DB: db }).catch(() => undefined)
      await later(5 * minute, world.receiver)

      const isSentTwice = at === 4 && crash === 'before'
      expect(world.receiver.arrivals).toHaveLength(isSentTwice ? 2 : 1)
      expect(new Set(world.receiver.arrivals.map(({ id }) => id)).size).toBe(1)
      expect(await rows('_deliveries')).toMatchObject([{ state: 'done' }])
    },
  )

  it('is sent once when eight isolates deliver at once', async ({ expect }) => {
    const world = await createWorld()
    await world.subscribe()
    const silent = createTestApp()
    for (let n = 0; n < 30; n++) await silent.post(posts, { title: String(n) }, world)

    await Promise.all(Array.from({ length: 8 }, () => runDelivery(world.receiver)))

    expect(world.receiver.arrivals).toHaveLength(30)
    expect(new Set(world.receiver.arrivals.map(({ id }) => id)).size).toBe(30)
  })

  it('to a slow endpoint does not delay others', async ({ expect }) => {
    const world = await createWorld()
    await world.subscribe({ name: 'slow' })
    const silent = createTestApp()
    for (let n = 0; n < 20; n++) await silent.post(posts, { title: String(n) }, world)
    await world.subscribe({ url: 'https://fast.example.com/' })
    await silent.post(posts, { title: 'for both' }, world)

    await world.app.post(
      `/api/webhooks/deliveries/${String((await rows('_deliveries'))[0]?.['id'])}/replay`,
      {},
      world,
    )

    expect(world.receiver.arrivals).toHaveLength(6)
    expect(world.receiver.arrivals.map(({ url }) => url)).toContain('https://fast.example.com/')
  })

  it('wakes a queue for what one round leaves, and needs none', async ({ expect }) => {
    const send = vi.fn<() => Promise<unknown>>(async () => undefined)
    const receiver = createReceiver()
    const { sender } = receiver
    const world = await createWebhookWorld({ EVENTS: { send } }, { webhooks: sender })
    await world.subscribe()
    await createPost(world)
    const first = send.mock.calls.length
    const silent = createTestApp()
    for (let n = 0; n < 9; n++) await silent.post(posts, { title: String(n) }, world)

    await createPost(world)
    const arrived = receiver.arrivals.length
    const jobs = createJobs(createMailbox().transports, createCatalogCache(), undefined, sender)
    await jobs.deliver(bindings)

    expect([first, send.mock.calls.length]).toEqual([0, 1])
    expect([arrived, receiver.arrivals.length]).toEqual([7, 11])
    expect(new Set(receiver.arrivals.map(({ id }) => id)).size).toBe(11)
  })

  it('is refused to addresses that have become forbidden', async ({ expect }) => {
    const world = await createWorld()
    await world.subscribe()
    await bindings.DB.prepare('UPDATE "_webhooks" SET "url" = ?')
      .bind('https://169.254.169.254/')
      .run()

    await createPost(world)

    expect(world.receiver.arrivals).toEqual([])
    expect(await rows('_deliveries')).toMatchObject([
      { state: 'waiting', error: 'refused: Must not be a private or special address.' },
    ])
  })

  it('never has a hidden field, a hash or a key in its body', async ({ expect }) => {
    const world = await createWorld()
    const { app, token } = world
    await createCollections(app, token, {
      name: 'people',
      type: 'auth',
      fields: [
        { type: 'text', name: 'note', hidden: true },
        { type: 'email', name: 'other' },
      ],
    })
    await world.subscribe({ collection: 'people', payload: 'full:64' })
    const user = await signUp(app, 'person@example.com', { note: 'a-hidden-note' }, 'people')

    await app.patch(
      `/api/collections/people/records/${user.id}`,
      { password: 'battery-staple', passwordConfirm: 'battery-staple' },
      { token },
    )
    await app.delete(`/api/collections/people/records/${user.id}`, { token })

    const bodies = world.receiver.arrivals.map(({ body }) => body).join()
    expect(world.receiver.arrivals).toHaveLength(3)
    expect(bodies).toContain('person@example.com')
    expect(bodies).not.toMatch(/a-hidden-note|note|tokenKey|password|\$argon2/)
  })
})

describe('the log of a webhook', () => {
  it('shows each delivery, its request and its answer, and sends it again under its id', async ({
    expect,
  }) => {
    const world = await createWorld()
    const { app, token } = world
    const { id } = await world.subscribe()
    world.receiver.answer = () => ({ status: 422, excerpt: 'no such thing' })
    await createPost(world)

    const listed = await app.get(`/api/webhooks/${id}/deliveries?state=waiting`, { token })
    const [delivery] = bodyOf(listed)['items'] as { id: string }[]
    const viewed = await app.get(`/api/webhooks/deliveries/${delivery?.id}`, { token })
    world.receiver.answer = () => 200
    const replayed = await app.post(
      `/api/webhooks/deliveries/${delivery?.id}/replay`,
      {},
      { token },
    )
    const after = await app.get(`/api/webhooks/deliveries/${delivery?.id}`, { token })

    expect(listed.body).toMatchObject({ totalItems: 1, page: 1 })
    expect(viewed.body).toMatchObject({
      webhook: id,
      type: 'record.created',
      state: 'waiting',
      attempts: 1,
      status: 422,
      error: 'status 422',
      answer: 'no such thing',
      body: world.receiver.arrivals[0]?.body,
    })
    expect(replayed).toMatchObject({ status: 202, body: { count: 1 } })
    expect(after.body).toMatchObject({ state: 'done', attempts: 2, status: 200 })
    expect(world.receiver.arrivals.map((each) => each.id)).toEqual([delivery?.id, delivery?.id])
  })

  it('replays a range of time and state', async ({ expect }) => {
    const world = await createWorld()
    const { id } = await world.subscribe()
    for (const title of ['A', 'B', 'C']) {
      await createPost(world, { title })
      vi.setSystemTime(Date.now() + hour)
    }

    const body = {
      since: new Date(start.getTime() + hour / 2),
      until: new Date(start.getTime() + 1.5 * hour),
      state: 'done',
    }
    const replayed = await world.app.post(`/api/webhooks/${id}/replay`, body, world)

    expect(replayed).toMatchObject({ status: 202, body: { count: 1 } })
    expect(told(world.receiver.arrivals).map(([, title]) => title)).toEqual(['A', 'B', 'C', 'B'])
  })

  it('is kept for three days after a success, then events and deliveries are removed', async ({
    expect,
  }) => {
    const world = await createWorld()
    await world.subscribe()
    await createPost(world)

    await later(71 * hour, world.receiver)
    expect(await rows('_events')).toHaveLength(1)
    await later(2 * hour, world.receiver)

    expect(await rows('_deliveries')).toEqual([])
    expect(await rows('_events')).toEqual([])
  })

  it('tries a webhook at once', async ({ expect }) => {
    const world = await createWorld()
    const { id, secret } = await world.subscribe()

    const fine = await world.app.post(`/api/webhooks/${id}/test`, {}, world)
    world.receiver.answer = () => 500
    const failed = await world.app.post(`/api/webhooks/${id}/test`, {}, world)

    const [arrival] = world.receiver.arrivals
    expect(new Webhook(secret).verify(arrival?.body ?? '', { ...arrival?.headers })).toMatchObject({
      type: 'test.ping',
    })
    expect(fine).toMatchObject({ status: 200, body: { status: 200, error: '' } })
    expect(failed).toMatchObject({ status: 200, body: { status: 500, error: 'status 500' } })
  })

  it('says that a filter no longer fits, without failing writes', async ({ expect }) => {
    const world = await createWorld()
    const { app, token } = world
    const { id } = await world.subscribe({ filter: "status = 'open'" })
    const { body } = await app.get('/api/collections/posts', { token })
    const { fields } = body as { fields: { name: string }[] }
    await app.patch(
      '/api/collections/posts',
      { fields: fields.filter(({ name }) => name !== 'status') },
      { token },
    )

    const written = await app.post(posts, { title: 'x' }, { token })
    await runDelivery(world.receiver)
    const viewed = await app.get(`/api/webhooks/${id}`, { token })

    expect(written.status).toBe(200)
    expect(viewed.body).toMatchObject({ state: 'off', reason: 'filter' })
    await runDelivery(world.receiver)
    expect(await mailsAbout('hook')).toEqual([
      'admin@example.com: A webhook of Acme was turned off',
    ])
  })
})
