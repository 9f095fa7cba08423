import { describe, it } from 'vitest'
import { password, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createBlog } from '../../support/blog.ts'
import { changeCollection, createCollections, createRecords } from '../../support/collections.ts'
import { failingDatabase } from '../../support/failing-database.ts'
import { tripsOf } from '../../support/round-trips.ts'
import { runScheduledJob } from '../../support/scheduled-jobs.ts'
import { formOf, storedKeys, tinyPng } from '../../support/stored-files.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

const posts = '/api/collections/posts/records'
const key = '4f2c4d40-6c3e-4b5e-9d8e-3f0b9b1f7a11'
const keyed = { headers: { 'Idempotency-Key': key } }
const isReplayed = ({ headers }: Answer): boolean => headers.get('Idempotency-Replayed') === 'true'
const reused = { data: { 'Idempotency-Key': { code: 'idempotency_key_reused' } } }

async function createWorld() {
  const blog = await createBlog()
  await blog.app.patch(
    '/api/settings',
    { batch: { enabled: true }, rateLimits: { enabled: false } },
    blog.admin,
  )
  return blog
}

async function storedRows(): Promise<Record<string, unknown>[]> {
  return (await bindings.DB.prepare('SELECT * FROM "_idempotency"').all()).results
}

async function total(app: TestApp, path = posts): Promise<unknown> {
  return ((await app.get(path)).body as { totalItems: number }).totalItems
}

describe('a write with an idempotency key', () => {
  it('happens once, and its repetition has the same record', async ({ expect }) => {
    const { app } = await createWorld()

    const first = await app.post(posts, { title: 'one' }, keyed)
    const again = await app.post(posts, { title: 'one' }, keyed)

    expect([first.status, again.status]).toEqual([200, 200])
    expect(again.body).toEqual(first.body)
    expect([isReplayed(first), isReplayed(again)]).toEqual([false, true])
    expect(await total(app)).toBe(1)
  })

  it('takes no more trips, and its repetition two', async ({ expect }) => {
    const { app } = await createWorld()
    await app.get(posts)

    const plain = await app.post(posts, { title: 'one' })
    const first = await app.post(posts, { title: 'one' }, keyed)
    const again = await app.post(posts, { title: 'one' }, keyed)

    expect(tripsOf(first)).toBe(tripsOf(plain))
    expect(tripsOf(again)).toBe('2 batches, 0 reads, 0 writes')
  })

  it('in a race of thirty isolates happens once', async ({ expect }) => {
    const { app } = await createWorld()
    const isolates = Array.from({ length: 30 }, () => createTestApp())

    const answers = await Promise.all(
      isolates.map((each) => each.post(posts, { title: 'one' }, keyed)),
    )

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(answers.map(({ body }) => (body as { id: string }).id)).size).toBe(1)
    expect(answers.filter(isReplayed)).toHaveLength(29)
    expect(await total(app)).toBe(1)
  })

  it('increments a number once, and its repetition shows the number now', async ({ expect }) => {
    const { app, admin } = await createWorld()
    const [id = ''] = await createRecords(app, admin.token, 'posts', { title: 'a' })

    await app.patch(`${posts}/${id}`, { 'views+': 1 }, keyed)
    await app.patch(`${posts}/${id}`, { 'views+': 5 })
    const again = await app.patch(`${posts}/${id}`, { 'views+': 1 }, keyed)

    expect(isReplayed(again)).toBe(true)
    expect(again.body).toMatchObject({ id, views: 6 })
  })

  it('deletes once, and its repetition is no 404', async ({ expect }) => {
    const { app, admin } = await createWorld()
    const [id = ''] = await createRecords(app, admin.token, 'posts', { title: 'a' })

    const first = await app.delete(`${posts}/${id}`, keyed)
    const again = await app.delete(`${posts}/${id}`, keyed)

    expect([first.status, again.status, again.body]).toEqual([204, 204, undefined])
    expect(isReplayed(again)).toBe(true)
  })

  it('that is refused leaves no row, so that it may be corrected', async ({ expect }) => {
    const { app } = await createWorld()

    const refused = await app.post(posts, { title: '' }, keyed)
    const rows = await storedRows()
    const corrected = await app.post(posts, { title: 'one' }, keyed)

    expect([refused.status, rows, corrected.status]).toEqual([400, [], 200])
    expect(isReplayed(corrected)).toBe(false)
  })

  it('stores digests only, and none for a write without a key', async ({ expect }) => {
    const { app } = await createWorld()
    await app.post(posts, { title: 'plain' })
    const account = { email: 'a@example.com', password, passwordConfirm: password }

    const { body } = await app.post('/api/collections/users/records', account, keyed)

    const rows = await storedRows()
    expect(rows).toHaveLength(1)
    expect(rows[0]).toEqual({
      key: expect.stringMatching(/^[\da-f]{64}$/),
      fingerprint: expect.stringMatching(/^[\da-f]{64}$/),
      targets: JSON.stringify([['_pb_users_auth_', (body as { id: string }).id]]),
      status: 200,
      expires: expect.closeTo(Date.now() / 1000 + 86_400, -2),
    })
  })

  it('is a new one after a day', async ({ expect }) => {
    const { app } = await createWorld()
    await app.post(posts, { title: 'one' }, keyed)
    const hours = (count: number) => new Date(Date.now() + count * 3_600_000)

    await runScheduledJob('__areteCountersCleanup__', hours(23))
    const within = await app.post(posts, { title: 'one' }, keyed)
    await runScheduledJob('__areteCountersCleanup__', hours(25))
    const later = await app.post(posts, { title: 'one' }, keyed)

    expect([isReplayed(within), isReplayed(later)]).toEqual([true, false])
    expect(await total(app)).toBe(2)
  })

  it.for(['before', 'amid', 'after'] as const)(
    'may be repeated if the database failed %s its batch',
    async (failure, { expect }) => {
      const { app } = await createWorld()
      const broken = createTestApp({ DB: failingDatabase(failure, /^INSERT INTO "posts"/) })

      const first = await broken.post(posts, { title: 'one' }, keyed)
      const again = await app.post(posts, { title: 'one' }, keyed)

      expect(first.status).toBe(503)
      expect([again.status, isReplayed(again)]).toEqual([200, failure === 'after'])
      expect(await total(app)).toBe(1)
    },
  )
})

describe('an idempotency key', () => {
  it.for([
    ['another body', (app: TestApp) => app.post(posts, { title: 'two' }, keyed)],
    ['another query', (app: TestApp) => app.post(`${posts}?fields=id`, { title: 'one' }, keyed)],
    [
      'another collection',
      (app: TestApp) => app.post('/api/collections/tags/records', { title: 'one' }, keyed),
    ],
    [
      'a batch',
      (app: TestApp) =>
        app.post('/api/batch', { requests: [{ method: 'POST', url: posts, body: {} }] }, keyed),
    ],
  ] as const)('is refused for %s', async ([, send], { expect }) => {
    const { app } = await createWorld()
    await app.post(posts, { title: 'one' }, keyed)

    const other = await send(app)

    expect(other.status).toBe(422)
    expect(other.body).toMatchObject(reused)
    expect(await total(app)).toBe(1)
  })

  it('is refused for another record', async ({ expect }) => {
    const { app, admin } = await createWorld()
    const [one, two] = await createRecords(
      ...([app, admin.token, 'posts'] as const),
      ...[{ title: 'one' }, { title: 'two' }],
    )

    await app.delete(`${posts}/${one}`, keyed)
    const other = await app.delete(`${posts}/${two}`, keyed)

    expect([other.status, await total(app)]).toEqual([422, 1])
  })

  it('belongs to its caller', async ({ expect }) => {
    const { app, admin } = await createWorld()
    const user = await signUp(app, 'user@example.com')

    const answers = [
      await app.post(posts, { title: 'one' }, keyed),
      await app.post(posts, { title: 'one' }, { ...keyed, ...user }),
      await app.post(posts, { title: 'two' }, { ...keyed, ...admin }),
    ]

    expect(answers.map(isReplayed)).toEqual([false, false, false])
    expect(await total(app)).toBe(3)
  })

  it('does nothing for a caller whose session has ended', async ({ expect }) => {
    const { app } = await createWorld()
    const user = await signUp(app, 'user@example.com')
    await changeCollection(app, (await signUpAdmin(app)).token, 'posts', {
      createRule: "@request.auth.id != ''",
      viewRule: "@request.auth.id != ''",
    })
    await app.post(posts, { title: 'one' }, { ...keyed, ...user })
    await bindings.DB.prepare('UPDATE "users" SET "tokenKey" = ?').bind('x'.repeat(50)).run()

    const again = await app.post(posts, { title: 'one' }, { ...keyed, ...user })

    expect(again.status).toBe(400)
    expect(isReplayed(again)).toBe(false)
  })

  it.for([
    ['a quoted one', `"${key}"`, 200],
    ['with escapes', String.raw`"a\"b\\c"`, 200],
    ['of the maximum length', 'k'.repeat(255), 200],
    ['an empty one', '""', 400],
    ['with a space', 'a b', 400],
    ['with an open quote', '"a', 400],
    ['with a letter beyond ASCII', 'caf\u00e9', 400],
    ['two of them', 'a, b', 400],
    ['a longer one', 'k'.repeat(256), 400],
    ['a quoted longer one', `"${'k'.repeat(256)}"`, 400],
    ['of a megabyte', 'k'.repeat(1024 * 1024), 400],
  ] as const)('may be %s: %s', async ([, value, status], { expect }) => {
    const { app } = await createWorld()

    const answer = await app.post(
      posts,
      { title: 'one' },
      { headers: { 'Idempotency-Key': value } },
    )

    expect(answer.status).toBe(status)
    if (status === 400) {
      expect(answer.body).toMatchObject({
        data: { 'Idempotency-Key': { code: 'idempotency_key_invalid' } },
      })
    }
  })

  it('is the same with and without quotes', async ({ expect }) => {
    const { app } = await createWorld()
    const quoted = { headers: { 'Idempotency-Key': `"${key}"` } }

    await app.post(posts, { title: 'one' }, keyed)
    const again = await app.post(posts, { title: 'one' }, quoted)

    expect(isReplayed(again)).toBe(true)
  })

  it('allows another order of members, and another boundary of a form', async ({ expect }) => {
    const { app } = await createWorld()
    const form = () => formOf(['title', 'two'], ['views', '1'])
    const other = { headers: { 'Idempotency-Key': 'form' } }

    await app.post(posts, { title: 'one', views: 1 }, keyed)
    const json = await app.post(posts, { views: 1, title: 'one' }, keyed)
    await app.post(posts, form(), other)
    const multipart = await app.post(posts, form(), other)

    expect([isReplayed(json), isReplayed(multipart)]).toEqual([true, true])
  })

  it('is ignored where a repetition does no harm, and by sign-ins', async ({ expect }) => {
    const { app } = await createWorld()
    await signUp(app, 'user@example.com')
    const signIn = '/api/collections/users/auth-with-password'
    const credentials = { identity: 'user@example.com', password }

    const answers = [
      await app.get(posts, keyed),
      await app.post(signIn, credentials, keyed),
      await app.post(signIn, credentials, keyed),
      await app.get(posts, { headers: { 'Idempotency-Key': '' } }),
    ]

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(answers.filter(isReplayed)).toEqual([])
    expect(await storedRows()).toEqual([])
  })

  it.for(['DROP TABLE _idempotency', 'DELETE FROM _idempotency'])(
    'cannot be written by the SQL console: %s',
    async (query, { expect }) => {
      const { app, admin } = await createWorld()

      const answer = await app.post('/api/sql', { query }, admin)

      expect(answer.status).toBe(400)
      expect(JSON.stringify(answer.body)).toContain('_idempotency cannot be changed')
    },
  )
})

describe('a repetition', () => {
  it('shows no more than its caller may see now', async ({ expect }) => {
    const { app, admin } = await createWorld()
    const first = await app.post(posts, { title: 'one', views: 7 }, keyed)
    const { id, collectionId } = first.body as Record<string, string>

    await changeCollection(app, admin.token, 'posts', { viewRule: "title = 'public'" })
    const hidden = await app.post(posts, { title: 'one', views: 7 }, keyed)
    await changeCollection(app, admin.token, 'posts', { viewRule: null, createRule: null })
    const locked = await app.post(posts, { title: 'one', views: 7 }, keyed)

    expect([hidden.status, locked.status]).toEqual([200, 200])
    for (const { body } of [hidden, locked]) {
      expect(body).toEqual({ id, collectionId, collectionName: 'posts' })
    }
  })

  it('shows the ids alone of a record that is gone', async ({ expect }) => {
    const { app } = await createWorld()
    const { body } = await app.post(posts, { title: 'one' }, keyed)
    const { id, collectionId } = body as Record<string, string>
    await app.delete(`${posts}/${id}`)

    const again = await app.post(posts, { title: 'one' }, keyed)

    expect([again.status, again.body]).toEqual([200, { id, collectionId, collectionName: 'posts' }])
  })

  it('shows no field that was hidden since, nor an address', async ({ expect }) => {
    const { app, admin } = await createWorld()
    const path = '/api/collections/users/records'
    const account = { email: 'a@example.com', name: 'Ann', password, passwordConfirm: password }
    await changeCollection(app, admin.token, 'users', { viewRule: '' })

    await app.post(path, account, keyed)
    const again = await app.post(path, account, keyed)

    expect(isReplayed(again)).toBe(true)
    expect(again.body).toMatchObject({ name: 'Ann' })
    expect(JSON.stringify(again.body)).not.toMatch(/example\.com|tokenKey|password/)
  })

  it('expands and projects as the first answer did', async ({ expect }) => {
    const { app, admin } = await createWorld()
    const [tag = ''] = await createRecords(app, admin.token, 'tags', { title: 'x' })
    const path = `${posts}?expand=tags&fields=title,expand.tags.title`

    const first = await app.post(path, { title: 'one', tags: [tag] }, keyed)
    const again = await app.post(path, { title: 'one', tags: [tag] }, keyed)

    expect(isReplayed(again)).toBe(true)
    expect(again.body).toEqual({ title: 'one', expand: { tags: [{ title: 'x' }] } })
    expect(again.body).toEqual(first.body)
  })

  it('counts against the rate limit', async ({ expect }) => {
    const { app, admin } = await createWorld()
    const rules = [{ label: '*:create', maxRequests: 3, duration: 60, audience: '' }]
    await app.patch('/api/settings', { rateLimits: { enabled: true, rules } }, admin)

    const statuses = []
    for (let n = 0; n < 5; n++) {
      statuses.push((await app.post(posts, { title: 'one' }, keyed)).status)
    }

    expect(statuses).toEqual([200, 200, 200, 429, 429])
  })

  it('of a changed password needs no right old password, and counts as no wrong one', async ({
    expect,
  }) => {
    const { app } = await createWorld()
    const user = await signUp(app, 'user@example.com')
    const path = `/api/collections/users/records/${user.id}`
    const change = {
      oldPassword: password,
      password: 'battery-staple',
      passwordConfirm: 'battery-staple',
    }
    const before = await app.post(posts, { title: 'x' }, user)

    const first = await app.patch(path, change, { ...keyed, ...user })
    const { body } = await app.post('/api/collections/users/auth-with-password', {
      identity: 'user@example.com',
      password: 'battery-staple',
    })
    const { token } = body as { token: string }
    const again = await app.patch(path, change, { ...keyed, token })

    expect([before.status, first.status, again.status]).toEqual([200, 200, 200])
    expect(isReplayed(again)).toBe(true)
    expect(tripsOf(again)).toBe('2 batches, 1 read, 0 writes')
  })
})

describe('files and an idempotency key', () => {
  async function createPictures() {
    const world = await createWorld()
    await createCollections(world.app, world.admin.token, {
      name: 'pictures',
      fields: [{ type: 'file', name: 'image', maxSelect: 1 }],
    })
    return { ...world, path: '/api/collections/pictures/records' }
  }
  const picture = (bytes = tinyPng, name = 'a.png') => formOf(['image', new File([bytes], name)])

  it('are stored once', async ({ expect }) => {
    const { app, path } = await createPictures()

    const first = await app.post(path, picture(), keyed)
    const again = await app.post(path, picture(), keyed)

    expect(again.body).toEqual(first.body)
    expect(isReplayed(again)).toBe(true)
    expect(tripsOf(again)).toBe('2 batches, 0 reads, 0 writes')
    expect(await storedKeys()).toHaveLength(1)
  })

  it('are stored once in a race', async ({ expect }) => {
    const { app, path } = await createPictures()
    const isolates = Array.from({ length: 8 }, () => createTestApp())

    const answers = await Promise.all(isolates.map((each) => each.post(path, picture(), keyed)))

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(await total(app, path)).toBe(1)
    await runScheduledJob('__areteFilesCleanup__', new Date(Date.now() + 7_200_000))
    expect(await storedKeys()).toHaveLength(1)
  })

  it.for([
    ['name', picture(tinyPng, 'b.png')],
    ['content', picture(Uint8Array.from([1, 2, 3]))],
  ] as const)('with another %s are another request', async ([, other], { expect }) => {
    const { app, path } = await createPictures()
    await app.post(path, picture(), keyed)

    expect((await app.post(path, other, keyed)).status).toBe(422)
  })
})

describe('a batch with an idempotency key', () => {
  it('happens once, with creates, updates, upserts and deletions', async ({ expect }) => {
    const { app, admin } = await createWorld()
    const [a, b] = await createRecords(
      ...([app, admin.token, 'posts'] as const),
      ...[{ title: 'a' }, { title: 'b' }],
    )
    const requests = [
      { method: 'POST', url: `${posts}?fields=title`, body: { title: 'new' } },
      { method: 'PATCH', url: `${posts}/${a}`, body: { 'views+': 1 } },
      { method: 'PUT', url: posts, body: { id: 'abcdefghijklmno', title: 'put' } },
      { method: 'DELETE', url: `${posts}/${b}` },
    ]

    const first = await app.post('/api/batch', { requests }, keyed)
    const again = await app.post('/api/batch', { requests }, keyed)

    expect(first.status).toBe(200)
    expect(again.body).toEqual(first.body)
    expect(isReplayed(again)).toBe(true)
    expect(tripsOf(again)).toBe('2 batches, 0 reads, 0 writes')
    expect(await total(app)).toBe(3)
  })

  it('shows the ids alone of what its caller may not see', async ({ expect }) => {
    const { app, admin } = await createWorld()
    const requests = [
      { method: 'POST', url: posts, body: { title: 'open' } },
      { method: 'POST', url: '/api/collections/tags/records', body: { title: 'secret' } },
    ]
    await app.post('/api/batch', { requests }, keyed)
    await changeCollection(app, admin.token, 'tags', { viewRule: null })

    const again = await app.post('/api/batch', { requests }, keyed)

    expect(again.body).toMatchObject([{ body: { title: 'open' } }, { body: {} }])
    expect(Object.keys((again.body as { body: object }[])[1]?.body ?? {}).toSorted()).toEqual([
      'collectionId',
      'collectionName',
      'id',
    ])
  })

  it('that failed leaves no row', async ({ expect }) => {
    const { app } = await createWorld()
    const requests = [
      { method: 'POST', url: posts, body: { title: 'one' } },
      { method: 'POST', url: posts, body: { title: '' } },
    ]

    const answers = [
      await app.post('/api/batch', { requests }, keyed),
      await app.post('/api/batch', { requests }, keyed),
    ]

    expect(answers.map(({ status }) => status)).toEqual([400, 400])
    expect(await storedRows()).toEqual([])
  })
})

async function signUpAdmin(app: TestApp) {
  const { body } = await app.post('/api/collections/_superusers/auth-with-password', {
    identity: 'admin@example.com',
    password,
  })
  return { token: (body as { token: string }).token }
}
