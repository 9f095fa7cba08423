import { afterEach, describe, it, vi } from 'vitest'
import type { AreteApp } from '#extension/index.ts'
import { app as audit } from '../../recipes/audit.ts'
import { app as computedField } from '../../recipes/computed-field.ts'
import { app as counter } from '../../recipes/counter.ts'
import { app as fileCheck } from '../../recipes/file-check.ts'
import { app as mailAfterCommit } from '../../recipes/mail-after-commit.ts'
import { app as nightlyJob } from '../../recipes/nightly-job.ts'
import { app as outsideApi } from '../../recipes/outside-api.ts'
import { app as ownRoute } from '../../recipes/own-route.ts'
import { app as slug } from '../../recipes/slug.ts'
import { app as softLimit } from '../../recipes/soft-limit.ts'
import { type SignedIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { codesOf, createCollections } from '../../support/collections.ts'
import { createExtendedApp, runJobs } from '../../support/extended-app.ts'
import { formOf } from '../../support/stored-files.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const path = (name: string): string => `/api/collections/${name}/records`
const text = (name: string, options = {}) => ({ type: 'text', name, ...options })

interface World {
  readonly app: TestApp
  readonly admin: SignedIn
  readonly ann: SignedIn
}

async function prepare({ definition }: AreteApp): Promise<World> {
  const plain = createTestApp()
  const admin = await signInSuperuser(plain)
  await createCollections(
    plain,
    admin.token,
    {
      name: 'posts',
      fields: [
        text('title'),
        text('slug'),
        text('body'),
        text('notes'),
        { type: 'number', name: 'comments' },
        { type: 'bool', name: 'published' },
        { type: 'relation', name: 'author', collectionId: '_pb_users_auth_' },
        { type: 'file', name: 'file' },
        { type: 'date', name: 'created' },
      ],
    },
    {
      name: 'comments',
      fields: [
        text('text', { max: 5 }),
        { type: 'relation', name: 'post', collectionId: 'posts_id' },
      ],
    },
    { name: 'orders', fields: [{ type: 'email', name: 'email' }] },
    { name: 'places', fields: [text('address'), { type: 'geoPoint', name: 'location' }] },
    { name: 'contracts', fields: [text('title')] },
    {
      name: 'audit',
      fields: ['key', 'action', 'record', 'changed', 'who'].map((name) => text(name)),
    },
  )
  const ann = await signUp(plain, 'ann@example.com')
  return { app: createExtendedApp(definition), admin, ann }
}

const idOf = ({ body }: { readonly body: unknown }): string => (body as { id: string }).id

async function rowsOf(table: string): Promise<Record<string, unknown>[]> {
  const { results } = await bindings.DB.prepare(`SELECT * FROM "${table}" ORDER BY rowid`).all()
  return results
}

const inMinutes = (minutes: number): Date => new Date(Date.now() + minutes * 60_000)

describe('a recipe', () => {
  it('makes slugs', async ({ expect }) => {
    const { app } = await prepare(slug)

    const made = await app.post(path('posts'), { title: 'Hello, World 2!' })
    const refused = await app.post(path('posts'), { title: '!' })

    expect(made.body).toMatchObject({ slug: 'hello-world-2' })
    expect(codesOf(refused)).toEqual({ title: 'hook_refused' })
  })

  it('counts in the transaction of the write', async ({ expect }) => {
    const { app } = await prepare(counter)
    const post = idOf(await app.post(path('posts'), { title: 'One' }))
    const comment = idOf(await app.post(path('comments'), { text: 'a', post }))
    const count = async () => (await rowsOf('posts'))[0]?.['comments']

    await app.post(path('comments'), { text: 'too long', post })
    expect(await count()).toBe(1)
    await app.delete(`${path('comments')}/${comment}`)
    expect(await count()).toBe(0)
  })

  it('mails after the commit, and again after a failure', async ({ expect }) => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const { app } = await prepare(mailAfterCommit)
    const answers = [new Response('', { status: 503 }), new Response('')]
    const fetched = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => {
      return answers.shift() ?? new Response('')
    })

    await app.post(path('orders'), { email: 'invalid' })
    expect(fetched).not.toHaveBeenCalled()
    await app.post(path('orders'), { email: 'ann@example.com' })
    await bindings.DB.prepare('UPDATE "_deliveries" SET "due" = 0').run()
    await runJobs(mailAfterCommit.definition, inMinutes(1))

    const keys = fetched.mock.calls.map(([, init]) =>
      new Headers(init?.headers).get('Idempotency-Key'),
    )
    expect(keys).toHaveLength(2)
    expect(new Set(keys).size).toBe(1)
    expect(String(fetched.mock.calls[0]?.[1]?.body)).toContain('ann@example.com')
  })

  it('calls an outside API until it answers', async ({ expect }) => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const { app } = await prepare(outsideApi)
    const location = { lon: 13.4, lat: 52.5 }
    const answers = [new Response('', { status: 500 }), Response.json({ location })]
    const asked: string[] = []
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
      asked.push(String(input))
      return answers.shift() ?? new Response('')
    })

    const id = idOf(await app.post(path('places'), { address: 'Berlin & more' }))
    await bindings.DB.prepare('UPDATE "_deliveries" SET "due" = 0').run()
    await runJobs(outsideApi.definition, inMinutes(1))

    expect(asked[0]).toBe('https://geo.example.com/search?q=Berlin%20%26%20more')
    expect((await app.get(`${path('places')}/${id}`)).body).toMatchObject({ location })
  })

  it('has a route with a rule of its own', async ({ expect }) => {
    const { app, admin, ann } = await prepare(ownRoute)
    const own = idOf(await app.post(path('posts'), { title: 'a', author: ann.id }, admin))
    const other = idOf(await app.post(path('posts'), { title: 'b' }, admin))

    const guest = await app.post(`/api/posts/${own}/publish`)
    const answers = [
      await app.post(`/api/posts/${own}/publish`, undefined, ann),
      await app.post(`/api/posts/${other}/publish`, undefined, ann),
    ]

    expect([guest, ...answers].map(({ status }) => status)).toEqual([401, 200, 403])
    expect(await rowsOf('posts')).toMatchObject([{ published: 1 }, { published: 0 }])
  })

  it('removes old drafts at night', async ({ expect }) => {
    const { app } = await prepare(nightlyJob)
    const old = '2020-01-01 00:00:00.000Z'
    await app.post(path('posts'), { title: 'old', created: old })
    await app.post(path('posts'), { title: 'shown', created: old, published: true })
    await app.post(path('posts'), { title: 'new', created: new Date().toISOString() })

    const night = new Date(Date.now() + 24 * 60 * 60_000)
    night.setUTCHours(3, 0, 0, 0)
    await runJobs(nightlyJob.definition, night)

    expect((await rowsOf('posts')).map(({ title }) => title)).toEqual(['shown', 'new'])
  })

  it('computes fields, and hides one', async ({ expect }) => {
    const { app, admin, ann } = await prepare(computedField)
    const data = { body: 'word '.repeat(250), notes: 'secret', author: ann.id }
    const id = idOf(await app.post(path('posts'), data, admin))

    const own = await app.get(`${path('posts')}/${id}`, ann)
    const guest = await app.get(`${path('posts')}/${id}`)

    expect(own.body).toMatchObject({ minutesToRead: 2, isMine: true, notes: 'secret' })
    expect(guest.body).toMatchObject({ minutesToRead: 2, isMine: false })
    expect(guest.body).not.toHaveProperty('notes')
  })

  it('limits the posts of an account', async ({ expect }) => {
    const { app, admin, ann } = await prepare(softLimit)
    const post = (as: SignedIn) => app.post(path('posts'), { title: 'a', author: ann.id }, as)
    const statuses: number[] = []
    for (let count = 0; count < 4; count++) statuses.push((await post(ann)).status)

    expect(statuses).toEqual([200, 200, 200, 400])
    expect((await post(admin)).status).toBe(200)
  })

  it('checks the content of files', async ({ expect }) => {
    const { app } = await prepare(fileCheck)
    const upload = (content: string) =>
      app.post(path('posts'), formOf(['title', 'a'], ['file', new File([content], 'a.pdf')]))

    const taken = await upload('%PDF-1.7')
    const refused = await upload('<script>')

    expect([taken, refused].map(({ status }) => status)).toEqual([200, 400])
    expect(codesOf(refused)).toEqual({ file: 'hook_refused' })
  })

  it('audits one collection', async ({ expect }) => {
    const { app, ann } = await prepare(audit)
    const id = idOf(await app.post(path('contracts'), { title: 'a' }, ann))
    await app.patch(`${path('contracts')}/${id}`, { title: 'b' })
    await app.delete(`${path('contracts')}/${id}`, ann)
    await app.post(path('posts'), { title: 'not audited' })

    expect(await rowsOf('audit')).toMatchObject([
      { action: 'create', record: id, who: ann.id },
      { action: 'update', record: id, who: '', changed: 'title' },
      { action: 'delete', record: id, who: ann.id },
    ])
  })
})
