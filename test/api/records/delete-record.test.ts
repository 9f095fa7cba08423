import { describe, it } from 'vitest'
import { insertSuperuser, signIn, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { type Blog, createBlog } from '../../support/blog.ts'
import { changeCollection, createCollections, createRecords } from '../../support/collections.ts'

const notFound = { data: {}, message: "The requested resource wasn't found.", status: 404 }
const stillReferred = {
  data: {},
  message:
    'Failed to delete record. Make sure that the record is not part of a required relation reference.',
  status: 400,
}

/** Collections `a`, `b`, ... each with a relation `to` the given collection. */
async function createLinks(
  links: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): Promise<Blog> {
  const blog = await createBlog()
  const names = Object.keys(links)
  const { app, admin } = blog
  await createCollections(
    app,
    admin.token,
    ...names.map((name) => ({ name, fields: [{ type: 'text', name: 'title' }] })),
  )
  for (const [name, { to, ...options }] of Object.entries(links)) {
    if (to === undefined) continue
    const relation = { type: 'relation', name: 'to', collectionId: `${String(to)}_id`, ...options }
    await changeCollection(app, admin.token, name, {
      fields: [
        { type: 'text', name: 'title' },
        { maxSelect: 1, ...relation },
        { type: 'autodate', name: 'updated', onCreate: true, onUpdate: true },
      ],
    })
  }
  return blog
}

async function titlesOf({ app, admin }: Blog, collection: string): Promise<unknown[]> {
  const answer = await app.get(`/api/collections/${collection}/records?sort=title&perPage=500`, {
    token: admin.token,
  })
  return (answer.body as { items: { title: string }[] }).items.map(({ title }) => title)
}

describe('deleting a record', () => {
  it('returns nothing, and the record is deleted', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const [id = ''] = await createRecords(app, admin.token, 'tags', { title: 'x' })

    const deleted = await app.delete(`/api/collections/tags/records/${id}`)
    const again = await app.delete(`/api/collections/tags/records/${id}`)

    expect(deleted).toMatchObject({ status: 204, body: undefined })
    expect(again.body).toEqual(notFound)
  })

  it('leaves no row in the table of cascades', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const [post = ''] = await createRecords(app, admin.token, 'posts', { title: 'x' })
    await createRecords(app, admin.token, 'comments', { post }, { post })

    await app.delete(`/api/collections/posts/records/${post}`)

    const { results } = await bindings.DB.prepare('SELECT * FROM "_cascade"').all()
    expect(results).toEqual([])
  })
})

describe('a record that refers to a deleted one', () => {
  it('is deleted, down a chain of cascading relations', async ({ expect }) => {
    const blog = await createLinks({
      a: {},
      b: { to: 'a', cascadeDelete: true },
      c: { to: 'b', cascadeDelete: true },
      d: { to: 'c', cascadeDelete: true },
    })
    const { app, admin } = blog
    let to: string | undefined
    for (const name of ['a', 'b', 'c', 'd']) {
      const [id = '', other = ''] = await createRecords(
        ...[app, admin.token, name],
        ...[{ title: 'goes', to }, { title: 'stays' }],
      )
      expect(other).not.toBe('')
      to = id
    }
    const [{ id } = { id: '' }] = (
      (await app.get("/api/collections/a/records?filter=(title='goes')")).body as {
        items: { id: string }[]
      }
    ).items

    expect((await app.delete(`/api/collections/a/records/${id}`)).status).toBe(204)

    for (const name of ['a', 'b', 'c', 'd']) {
      expect(await titlesOf(blog, name)).toEqual(['stays'])
    }
  })

  it('is deleted whatever its own rules', async ({ expect }) => {
    const blog = await createLinks({ a: {}, b: { to: 'a', cascadeDelete: true } })
    const { app, admin } = blog
    const [to = ''] = await createRecords(app, admin.token, 'a', { title: 'x' })
    await createRecords(app, admin.token, 'b', { title: 'goes', to })
    await changeCollection(app, admin.token, 'b', { deleteRule: null, viewRule: null })

    expect((await app.delete(`/api/collections/a/records/${to}`)).status).toBe(204)

    expect(await titlesOf(blog, 'b')).toEqual([])
  })

  it('is deleted in a tree of two hundred levels', async ({ expect }) => {
    const blog = await createLinks({ nodes: { to: 'nodes', cascadeDelete: true } })
    const { app, admin } = blog
    // Each node refers to the previous one; every tenth has a sibling.
    await bindings.DB.prepare(
      `INSERT INTO "nodes" ("id", "title", "to")
       WITH RECURSIVE level(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM level WHERE n < 199)
       SELECT printf('node%011d', n), printf('%03d', n), iif(n = 0, '', printf('node%011d', n - 1)) FROM level
       UNION ALL
       SELECT printf('twin%011d', n), printf('%03d', n), printf('node%011d', n - 1) FROM level WHERE n % 10 = 5`,
    ).run()
    await createRecords(app, admin.token, 'nodes', { title: 'stays' })

    const middle = await app.delete('/api/collections/nodes/records/node00000000100')
    const left = await titlesOf(blog, 'nodes')
    const root = await app.delete('/api/collections/nodes/records/node00000000000')

    expect([middle.status, root.status]).toEqual([204, 204])
    expect(left).toHaveLength(100 + 10 + 1)
    expect(await titlesOf(blog, 'nodes')).toEqual(['stays'])
  })

  it('is deleted in a circle, which terminates', async ({ expect }) => {
    const blog = await createLinks({
      a: { to: 'b', cascadeDelete: true },
      b: { to: 'a', cascadeDelete: true },
    })
    const { app, admin } = blog
    const [a = ''] = await createRecords(app, admin.token, 'a', { title: 'a' })
    const [b = ''] = await createRecords(app, admin.token, 'b', { title: 'b', to: a })
    const { status } = await app.patch(`/api/collections/a/records/${a}`, { to: b })
    await createRecords(app, admin.token, 'b', { title: 'stays' })

    expect(status).toBe(200)
    expect((await app.delete(`/api/collections/b/records/${b}`)).status).toBe(204)

    expect(await titlesOf(blog, 'a')).toEqual([])
    expect(await titlesOf(blog, 'b')).toEqual(['stays'])
  })

  it('is deleted if it refers to itself', async ({ expect }) => {
    const blog = await createLinks({ a: { to: 'a', cascadeDelete: true, required: false } })
    const { app, admin } = blog
    const [a = ''] = await createRecords(app, admin.token, 'a', { title: 'a' })
    await app.patch(`/api/collections/a/records/${a}`, { to: a })

    expect((await app.delete(`/api/collections/a/records/${a}`)).status).toBe(204)
    expect(await titlesOf(blog, 'a')).toEqual([])
  })

  it('is deleted only with the last record of its list', async ({ expect }) => {
    const blog = await createLinks({ a: {}, b: { to: 'a', cascadeDelete: true, maxSelect: 9 } })
    const { app, admin } = blog
    const [one = '', two = ''] = await createRecords(app, admin.token, 'a', {}, {})
    const [both = ''] = await createRecords(
      ...[app, admin.token, 'b'],
      ...[{ title: 'both', to: [one, two] }, { title: 'one', to: [one] }, { title: 'none' }],
    )

    await app.delete(`/api/collections/a/records/${one}`)

    expect(await titlesOf(blog, 'b')).toEqual(['both', 'none'])
    expect((await app.get(`/api/collections/b/records/${both}`)).body).toMatchObject({ to: [two] })

    await app.delete(`/api/collections/a/records/${two}`)

    expect(await titlesOf(blog, 'b')).toEqual(['none'])
  })

  it('is deleted through lists of lists', async ({ expect }) => {
    const blog = await createLinks({
      a: {},
      b: { to: 'a', cascadeDelete: true, maxSelect: 9 },
      c: { to: 'b', cascadeDelete: true, maxSelect: 9 },
      d: { to: 'c', cascadeDelete: true, maxSelect: 9 },
    })
    const { app, admin } = blog
    const [a = ''] = await createRecords(app, admin.token, 'a', {})
    const bs = await createRecords(app, admin.token, 'b', { to: [a] }, { to: [a] })
    const [c = ''] = await createRecords(app, admin.token, 'c', { to: bs })
    await createRecords(app, admin.token, 'd', { to: [c] }, { title: 'stays' })

    expect((await app.delete(`/api/collections/a/records/${a}`)).status).toBe(204)

    expect(await titlesOf(blog, 'c')).toEqual([])
    expect(await titlesOf(blog, 'd')).toEqual(['stays'])
  })

  it.for([
    ['goes along', 25, 204, 0],
    ['stays, as does all else, deeper than anybody nests', 60, 400, 60],
  ] as const)(
    'in a tree made of lists %s: %i levels',
    async ([, depth, status, left], { expect }) => {
      const blog = await createLinks({ a: { to: 'a', cascadeDelete: true, maxSelect: 9 } })
      await bindings.DB.prepare(
        `INSERT INTO "a" ("id", "to")
         WITH RECURSIVE level(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM level WHERE n + 1 < ?)
         SELECT printf('node%011d', n), iif(n = 0, '[]', json_array(printf('node%011d', n - 1))) FROM level`,
      )
        .bind(depth)
        .run()

      const answer = await blog.app.delete('/api/collections/a/records/node00000000000')

      expect(answer.status).toBe(status)
      expect(await titlesOf(blog, 'a')).toHaveLength(left)
    },
  )

  it('stays if two lists refer to each other', async ({ expect }) => {
    const blog = await createLinks({ a: { to: 'a', cascadeDelete: true, maxSelect: 9 } })
    const { app, admin } = blog
    const [root = '', one = '', two = ''] = await createRecords(
      ...[app, admin.token, 'a'],
      ...[{ title: 'root' }, { title: 'one' }, { title: 'two' }],
    )
    await app.patch(`/api/collections/a/records/${one}`, { to: [root, two] })
    await app.patch(`/api/collections/a/records/${two}`, { to: [one] })

    expect((await app.delete(`/api/collections/a/records/${root}`)).status).toBe(204)

    expect(await titlesOf(blog, 'a')).toEqual(['one', 'two'])
    expect((await app.get(`/api/collections/a/records/${one}`)).body).toMatchObject({ to: [two] })
  })

  it('is deleted by more relations than fit into a statement', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const relations = Array.from({ length: 12 }, (_, n) => ({
      ...{ type: 'relation', name: `to${n}`, collectionId: 'tags_id' },
      ...{ cascadeDelete: true, maxSelect: n < 7 ? 1 : 9 },
    }))
    await createCollections(app, admin.token, { name: 'many', fields: relations })
    const [tag = '', other = ''] = await createRecords(app, admin.token, 'tags', {}, {})
    for (let n = 0; n < 12; n++) {
      await createRecords(app, admin.token, 'many', { [`to${n}`]: tag }, { [`to${n}`]: other })
    }

    expect((await app.delete(`/api/collections/tags/records/${tag}`)).status).toBe(204)

    const { body } = await app.get('/api/collections/many/records')
    expect(body).toMatchObject({ totalItems: 12 })
  })

  it.for([
    ['one', { maxSelect: 1 }, ''],
    ['a list', { maxSelect: 9 }, []],
  ] as const)(
    'loses the reference when nothing cascades, and is marked as changed: %s',
    async ([, options, empty], { expect }) => {
      const blog = await createLinks({ a: {}, b: { to: 'a', ...options } })
      const { app, admin } = blog
      const [a = '', other = ''] = await createRecords(app, admin.token, 'a', {}, {})
      const [b = '', untouched = ''] = await createRecords(
        ...[app, admin.token, 'b'],
        ...[{ to: [a] }, { to: [other] }],
      )
      const read = async (id: string) =>
        (await app.get(`/api/collections/b/records/${id}`)).body as { updated: string }
      const [before, calm] = [await read(b), await read(untouched)]
      await new Promise((resolve) => setTimeout(resolve, 2))

      await app.delete(`/api/collections/a/records/${a}`)

      const after = await read(b)
      expect(after).toMatchObject({ to: empty })
      expect(after.updated > before.updated).toBe(true)
      expect(await read(untouched)).toEqual(calm)
    },
  )

  it('loses one of several, below the minimum', async ({ expect }) => {
    const blog = await createLinks({
      a: {},
      b: { to: 'a', maxSelect: 9, minSelect: 2, required: true },
    })
    const { app, admin } = blog
    const to = await createRecords(app, admin.token, 'a', {}, {})
    const [b = ''] = await createRecords(app, admin.token, 'b', { to })

    const first = await app.delete(`/api/collections/a/records/${to[0]}`)
    const last = await app.delete(`/api/collections/a/records/${to[1]}`)

    expect(first.status).toBe(204)
    expect(last.body).toEqual(stillReferred)
    expect((await app.get(`/api/collections/b/records/${b}`)).body).toMatchObject({ to: [to[1]] })
  })

  it.for([{ maxSelect: 1 }, { maxSelect: 9 }])(
    'fails the deletion if its relation is required: %j',
    async (options, { expect }) => {
      const blog = await createLinks({
        a: {},
        b: { to: 'a', cascadeDelete: true },
        c: { to: 'b', required: true, ...options },
        d: { to: 'a' },
      })
      const { app, admin } = blog
      const [a = ''] = await createRecords(app, admin.token, 'a', { title: 'a' })
      const [b = ''] = await createRecords(app, admin.token, 'b', { title: 'b', to: a })
      const [c = ''] = await createRecords(app, admin.token, 'c', { title: 'c', to: [b] })
      const [d = ''] = await createRecords(app, admin.token, 'd', { title: 'd', to: a })

      const refused = await app.delete(`/api/collections/a/records/${a}`)

      expect(refused.body).toEqual(stillReferred)
      for (const name of ['a', 'b', 'c']) expect(await titlesOf(blog, name)).toEqual([name])
      expect((await app.get(`/api/collections/d/records/${d}`)).body).toMatchObject({ to: a })

      await app.delete(`/api/collections/c/records/${c}`)
      expect((await app.delete(`/api/collections/a/records/${a}`)).status).toBe(204)
    },
  )

  it('fails the deletion if a unique index forbids losing the reference', async ({ expect }) => {
    const blog = await createLinks({ a: {}, b: { to: 'a' } })
    const { app, admin } = blog
    await changeCollection(app, admin.token, 'b', {
      indexes: ['CREATE UNIQUE INDEX `idx_b_to` ON `b` (`to`)'],
    })
    const [a = ''] = await createRecords(app, admin.token, 'a', { title: 'a' })
    await createRecords(app, admin.token, 'b', { title: 'b', to: a }, { title: 'none' })

    const { status, body } = await app.delete(`/api/collections/a/records/${a}`)

    expect(status).toBe(400)
    expect(body).toMatchObject({
      message: stillReferred.message,
      data: { to: { code: 'validation_not_unique' } },
    })
    expect(await titlesOf(blog, 'a')).toEqual(['a'])
  })
})

describe('deleting an account', () => {
  it('deletes its data, and ends its sessions', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const user = await signUp(app, 'user@example.com')
    const other = await signUp(app, 'other@example.com')
    const belongings = [
      ['_externalAuths', { provider: 'github', providerId: '1' }],
      ['_authOrigins', { fingerprint: 'f' }],
      ['_mfas', { method: 'password' }],
      ['_otps', { password: '12345678' }],
    ] as const
    for (const [name, data] of belongings) {
      for (const { id } of [user, other]) {
        const record = { ...data, ...(name === '_externalAuths' ? { providerId: id } : {}) }
        await createRecords(app, admin.token, name, {
          ...{ ...record, collectionRef: '_pb_users_auth_', recordRef: id },
        })
      }
    }

    const deleted = await app.delete(`/api/collections/users/records/${user.id}`, {
      token: user.token,
    })

    expect(deleted.status).toBe(204)
    for (const [name] of belongings) {
      const { body } = await app.get(`/api/collections/${name}/records`, { token: admin.token })
      const owners = (body as { items: { recordRef: string }[] }).items.map((row) => row.recordRef)
      expect(owners).toContain(other.id)
      expect(owners).not.toContain(user.id)
    }
    const refreshed = await app.post('/api/collections/users/auth-refresh', undefined, {
      token: user.token,
    })
    expect(refreshed.status).toBe(401)
  })

  it('rejects deleting the last superuser', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const superusers = '/api/collections/_superusers/records'

    const refused = await app.delete(`${superusers}/${admin.id}`, { token: admin.token })

    expect(refused.body).toEqual({
      data: {},
      message: "You can't delete the only existing superuser.",
      status: 400,
    })
    expect((await app.get(superusers, { token: admin.token })).body).toMatchObject({
      totalItems: 1,
    })
  })

  it('deletes one of several superusers', async ({ expect }) => {
    const { app, admin } = await createBlog()
    const superusers = '/api/collections/_superusers/records'
    await app.post(
      superusers,
      { email: 'second@example.com', password: 'password123', passwordConfirm: 'password123' },
      { token: admin.token },
    )

    const deleted = await app.delete(`${superusers}/${admin.id}`, { token: admin.token })

    expect(deleted.status).toBe(204)
    await insertSuperuser('third@example.com')
    const third = await signIn(app, '_superusers', 'third@example.com')
    expect(third.token).not.toBe('')
  })
})
