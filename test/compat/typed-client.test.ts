import PocketBase from 'pocketbase'
import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { createClient } from '#client/create-client.ts'
import { insertSuperuser, password } from '../support/accounts.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'

const url = 'http://127.0.0.1:8787'
const open = { listRule: '', viewRule: '', createRule: '', updateRule: '', deleteRule: '' }

interface Tag {
  id: string
  title: string
}

interface Post {
  id: string
  title: string
  views: number
  on: string
  tags: string[]
}

/** As `npm run types` writes it. */
type Schema = {
  posts: {
    record: Post
    create: Partial<Post> & Pick<Post, 'title'>
    update: Partial<Post> & { 'views+'?: number }
    expand: { tags?: (Tag & { expand?: { posts_via_tags?: Post[] } })[] }
  }
  tags: {
    record: Tag
    create: Partial<Tag>
    update: Partial<Tag>
    expand: { posts_via_tags?: Post[] }
  }
}

type Fetch = typeof globalThis.fetch

let app: TestApp
let sent: Request[]
/** Answers instead of the app, or before it, by attempt. */
let interfere: (attempt: number) => Promise<Response | 'lost' | undefined>

function client() {
  const made = createClient<Schema>(url)
  made.autoCancellation(false)
  return made
}

beforeEach(async () => {
  app = createTestApp()
  sent = []
  interfere = () => Promise.resolve(undefined)
  const answer: Fetch = async (input, init) => {
    const request = new Request(input, init)
    sent.push(request.clone())
    const instead = await interfere(sent.length - 1)
    if (instead instanceof Response) return instead
    const response = await app.fetch(request)
    if (instead === 'lost') throw new TypeError('The connection was lost.')
    return response
  }
  vi.spyOn(globalThis, 'fetch').mockImplementation(answer)
  await insertSuperuser()
  const admin = new PocketBase(url)
  await admin.collection('_superusers').authWithPassword('admin@example.com', password)
  await admin.settings.update({ batch: { enabled: true }, rateLimits: { enabled: false } })
  const tags = await admin.collections.create({
    ...{ name: 'tags', type: 'base', fields: [{ name: 'title', type: 'text' }], ...open },
  })
  await admin.collections.create({
    name: 'posts',
    type: 'base',
    fields: [
      { name: 'title', type: 'text', required: true },
      { name: 'views', type: 'number' },
      { name: 'on', type: 'date' },
      { name: 'tags', type: 'relation', collectionId: tags.id, maxSelect: 9 },
    ],
    ...open,
  })
  sent = []
})

afterEach(() => {
  // First the mocks: one of them is of a faked timer, which must not come back.
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const keyOf = (request: Request | undefined) => request?.headers.get('Idempotency-Key')

async function createPosts(...bodies: readonly (Partial<Post> & Pick<Post, 'title'>)[]) {
  for (const body of bodies) await client().collection('posts').create(body)
}

async function titles(where: object): Promise<string[]> {
  const found = await client()
    .collection('posts')
    .getFullList({ where, sort: ['title'] })
  return found.map(({ title }) => title)
}

describe('conditions as data', () => {
  it.for([
    [{ title: 'one' }, ['one']],
    [{ views: { gte: 2, lt: 4 } }, ['three', 'two']],
    [{ or: [{ title: 'one' }, { views: 3 }] }, ['one', 'three']],
    [{ title: { in: ['one', 'two', "it's", 'none'] } }, ["it's", 'one', 'two']],
    [{ title: { in: [] } }, []],
    [{ title: { like: 't%' } }, ['three', 'two']],
    [{ title: { notLike: 'o' } }, ["it's", String.raw`line\ `, 'three']],
    [{ 'tags.title': { any: 'red' } }, ['one']],
    [{ on: { isEmpty: true }, views: { ne: 0 } }, ['three', 'two']],
    [{ on: { isEmpty: false } }, ['one']],
    [{ on: { lt: new Date('2026-01-02') }, title: { ne: '' }, views: 1 }, ['one']],
    [{ title: "it's" }, ["it's"]],
    [{ title: String.raw`line\ ` }, [String.raw`line\ `]],
    [{ title: "' || id != '" }, []],
    [{ and: [{ title: '\\' }, { title: " || id != '' || title = '" }] }, []],
    [{}, ["it's", String.raw`line\ `, 'one', 'three', 'two']],
  ] as const)('find what they say: %j', async ([where, expected], { expect }) => {
    const tag = await client().collection('tags').create({ title: 'red' })
    await createPosts(
      { title: 'one', views: 1, tags: [tag.id], on: '2026-01-01 00:00:00.000Z' },
      { title: 'two', views: 2 },
      { title: 'three', views: 3 },
      { title: "it's" },
      { title: String.raw`line\ ` },
    )

    expect(await titles(where)).toEqual(expected)
  })

  it('are joined with a filter', async ({ expect }) => {
    await createPosts({ title: 'one', views: 1 }, { title: 'two', views: 1 })
    const options = { where: { views: 1 }, filter: "title = 'two' || title = 'none'" }

    const page = await client().collection('posts').getList(1, 10, options)

    expect(page.items.map(({ title }) => title)).toEqual(['two'])
  })

  it('may list a hundred values', async ({ expect }) => {
    await createPosts({ title: 'v99' })
    const values = Array.from({ length: 100 }, (_, n) => `v${n}`)

    const found = await client()
      .collection('posts')
      .getFirst({ title: { in: values } })

    expect(found.title).toBe('v99')
  })
})

describe('a query', () => {
  it('expands, sorts and selects', async ({ expect }) => {
    const tag = await client().collection('tags').create({ title: 'red' })
    await createPosts({ title: 'one', tags: [tag.id] }, { title: 'two' })

    const page = await client()
      .collection('posts')
      .getList(1, 10, { expand: ['tags.posts_via_tags'], sort: ['-title'], select: ['title'] })

    expect(page.items.map(({ title }) => title)).toEqual(['two', 'one'])
    expect(page.items[1]?.expand?.tags?.[0]?.expand?.posts_via_tags?.[0]?.title).toBe('one')
    expect(Object.keys(page.items[1] ?? {})).toEqual(['expand', 'title'])
  })

  it('yields each record once, while others come and go', async ({ expect }) => {
    const posts = client().collection('posts')
    await createPosts(...Array.from({ length: 25 }, (_, n) => ({ title: `t${n}` })))
    const before = await posts.getFullList({ sort: ['id'] })
    const seen: string[] = []

    for await (const { id } of posts.iterate({ perPage: 4, select: ['id'] })) {
      // What was seen goes away, so that the pages of a list would shift.
      await posts.delete(id)
      seen.push(id)
    }

    expect(seen).toEqual(before.map(({ id }) => id))
  })
})

describe('a write that gets no answer', () => {
  async function settled<T>(write: Promise<T>): Promise<T> {
    const outcome = write.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    )
    const state = { isDone: false }
    void outcome.then(() => (state.isDone = true))
    while (!state.isDone) {
      await vi.advanceTimersToNextTimerAsync()
      await new Promise((resolve) => setImmediate(resolve))
    }
    const known = await outcome
    if ('error' in known) throw known.error
    return known.value
  }

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })

  it('is sent again with its key, and happens once', async ({ expect }) => {
    interfere = (attempt) => Promise.resolve(attempt < 2 ? 'lost' : undefined)

    const post = await settled(client().collection('posts').create({ title: 'one' }))

    expect(post.title).toBe('one')
    expect(sent).toHaveLength(3)
    expect(new Set(sent.map(keyOf)).size).toBe(1)
    expect(keyOf(sent[0])).toMatch(/^[\da-f-]{36}$/)
    expect(await settled(client().collection('posts').getFullList())).toHaveLength(1)
  })

  it.for([429, 502, 503, 504])('is sent again after %i', async (status, { expect }) => {
    interfere = (attempt) =>
      Promise.resolve(attempt === 0 ? Response.json({ status }, { status }) : undefined)

    await settled(client().collection('posts').create({ title: 'one' }))

    expect(sent).toHaveLength(2)
  })

  it('is given up after three more attempts', async ({ expect }) => {
    interfere = () => Promise.resolve(Response.json({}, { status: 503 }))

    await expect(
      settled(client().collection('posts').create({ title: 'one' })),
    ).rejects.toMatchObject({ status: 503 })
    expect(sent).toHaveLength(4)
  })

  it('waits as long as the service says, but not for minutes', async ({ expect }) => {
    const waits: number[] = []
    const real = globalThis.setTimeout
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, ms: number) => {
      waits.push(ms)
      return real(run, ms)
    }) as never)
    const answers = ['7', '3600']
    interfere = (attempt) =>
      Promise.resolve(
        Response.json({}, { status: 429, headers: { 'Retry-After': answers[attempt] ?? '' } }),
      )

    await expect(
      settled(client().collection('posts').create({ title: 'one' })),
    ).rejects.toMatchObject({ status: 429 })
    expect(sent).toHaveLength(2)
    expect(waits).toContain(7000)
  })

  it.for([400, 403, 404, 412, 422, 500])(
    'is not sent again after %i',
    async (status, { expect }) => {
      interfere = () => Promise.resolve(Response.json({}, { status }))

      await expect(
        settled(client().collection('posts').create({ title: 'one' })),
      ).rejects.toMatchObject({ status })
      expect(sent).toHaveLength(1)
    },
  )

  it('keeps a key that it was given, and reads have none', async ({ expect }) => {
    const posts = client().collection('posts')

    await posts.create({ title: 'one' }, { headers: { 'Idempotency-Key': 'mine' } })
    await posts.getFullList()

    expect(sent.map(keyOf)).toEqual(['mine', null])
  })

  it('has a key as an update, a deletion and a batch, too', async ({ expect }) => {
    const posts = client().collection('posts')
    const { id } = await posts.create({ title: 'one' })
    interfere = (attempt) => Promise.resolve(attempt % 2 === 1 ? 'lost' : undefined)

    const updated = await settled(posts.update(id, { 'views+': 1 }))
    const batch = client().createBatch()
    batch.collection('posts').create({ title: 'two' })
    await settled(batch.send())
    await settled(posts.delete(id))

    interfere = () => Promise.resolve(undefined)
    expect(updated.views).toBe(1)
    expect(sent).toHaveLength(7)
    expect(sent.map(keyOf)).not.toContain(null)
    expect((await posts.getFullList()).map(({ title }) => title)).toEqual(['two'])
  })
})
