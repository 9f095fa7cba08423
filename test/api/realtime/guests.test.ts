import { afterEach, describe, it } from 'vitest'
import { signInSuperuser, signUp } from '../../support/accounts.ts'
import { createCollections, createRecords } from '../../support/collections.ts'
import { openStream, type StreamClient } from '../../support/event-stream.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const streams: StreamClient[] = []

async function connect(app: TestApp, ip: string): Promise<StreamClient> {
  const stream = await openStream(app, ip)
  streams.push(stream)
  return stream
}

/** A stream in the same shard as another. */
async function connectBeside(app: TestApp, other: StreamClient, ip: string): Promise<StreamClient> {
  for (;;) {
    const stream = await connect(app, ip)
    if (stream.id.slice(0, 2) === other.id.slice(0, 2)) return stream
  }
}

afterEach(async () => {
  for (const stream of streams.splice(0)) await stream.close()
})

function filtered(filter: string): string {
  return `posts/*?options=${encodeURIComponent(JSON.stringify({ query: { filter } }))}`
}

async function createWorld() {
  const app = createTestApp()
  const { token } = await signInSuperuser(app)
  const ada = await signUp(app, 'ada@example.com')
  await createCollections(
    app,
    token,
    { name: 'tags', fields: [{ type: 'text', name: 'name' }] },
    {
      name: 'posts',
      fields: [
        { type: 'text', name: 'title' },
        { type: 'json', name: 'data' },
        { type: 'number', name: 'rank' },
        { type: 'select', name: 'kinds', values: ['a', 'b'], maxSelect: 2 },
        { type: 'relation', name: 'tags', collectionId: 'tags_id', maxSelect: 9 },
      ],
    },
  )
  return { app, ada }
}

describe('a filter of a guest', () => {
  it.for([
    "tags.name = 'x'",
    "tags.id ?= 'x'",
    "title = 'x' || (rank > 1 && tags.posts_via_tags.title ?~ 'x')",
    'title ?= @collection.tags.name',
    "posts_via_tags.title = 'x'",
  ])('through relations is refused by its place: %s', async (filter, { expect }) => {
    const { app } = await createWorld()
    const stream = await connect(app, '1.1.1.1')

    const answer = await stream.subscribe(['posts/*', filtered(filter)])

    expect(answer.status).toBe(400)
    expect(answer.body).toMatchObject({
      data: { subscriptions: { 1: { code: 'validation_relation_filter' } } },
    })
  })

  it('on the record itself is applied, also many at once', async ({ expect }) => {
    const { app } = await createWorld()
    const stream = await connect(app, '1.1.1.1')
    const met = [
      "tags ~ 'tag0'",
      "data.deep.name = 'n'",
      "kinds:each ?= 'a'",
      'kinds:length = 1',
      'rank > 1.5 && rank < 3.5',
      "title ~ 'tit' || title = 'tags.name'",
    ]
    const unmet = Array.from({ length: 15 }, (_, at) => `rank = 1${at} && title != ''`)
    const topics = [...met, ...unmet].map(filtered)
    expect((await stream.subscribe(topics)).status).toBe(204)

    await createRecords(app, '', 'tags', { id: 'tag000000000000' })
    await createRecords(app, '', 'posts', {
      title: 'title',
      rank: 2,
      kinds: ['a'],
      data: { deep: { name: 'n' } },
      tags: ['tag000000000000'],
    })

    const events = await stream.received(met.length)
    expect(events.map(({ event }) => event)).toEqual(met.map(filtered))
  })

  it('may use relations after the client signed in', async ({ expect }) => {
    const { app, ada } = await createWorld()
    const stream = await connect(app, '1.1.1.1')

    const answer = await stream.subscribe([filtered("tags.name = 'x'")], ada.token)

    expect(answer.status).toBe(204)
  })
})

describe('guests of one address', () => {
  const others = (from: number, count: number): string[] =>
    Array.from({ length: count }, (_, at) => filtered(`rank = ${from + at}`))

  it('share a limit of different options, and the one with the most gives way', async ({
    expect,
  }) => {
    const { app, ada } = await createWorld()
    const hog = await connect(app, '1.1.1.1')
    expect((await hog.subscribe(others(0, 26))).status).toBe(429)
    expect((await hog.subscribe(others(0, 25))).status).toBe(204)
    const neighbour = await connectBeside(app, hog, '1.1.1.1')
    const elsewhere = await connectBeside(app, hog, '2.2.2.2')
    const signedIn = await connectBeside(app, hog, '1.1.1.1')

    expect((await elsewhere.subscribe(others(100, 25))).status).toBe(204)
    expect((await signedIn.subscribe(others(200, 30), ada.token)).status).toBe(204)
    expect((await neighbour.subscribe(others(300, 25))).status).toBe(429)
    expect((await neighbour.subscribe(['posts/*'])).status).toBe(204)
    expect((await neighbour.subscribe(others(300, 2))).status).toBe(204)

    expect((await hog.subscribe(['posts/*'])).status).toBe(404)
    expect((await elsewhere.subscribe(['posts/*'])).status).toBe(204)
  })
})

describe('a client whose stream has ended', () => {
  it('is not found', async ({ expect }) => {
    const { app } = await createWorld()
    const stream = await connect(app, '1.1.1.1')
    expect((await stream.subscribe(['posts/*'])).status).toBe(204)
    await stream.close()

    const answer = await stream.subscribe(['posts/*'])

    expect(answer.status).toBe(404)
    expect(answer.body).toMatchObject({ message: 'Missing or invalid client id.' })
  })
})
