import { Hono } from 'hono'
import { describe, it } from 'vitest'
import { type Arete, type AreteEnv, RecordError, requireAuth } from '#extension/index.ts'
import { password, type SignedIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createCollections } from '../../support/collections.ts'
import { createExtendedApp } from '../../support/extended-app.ts'
import { tripsOf } from '../../support/round-trips.ts'
import { tinyPng } from '../../support/stored-files.ts'
import type { TestApp } from '../../support/test-app.ts'

const text = (name: string, options = {}) => ({ name, type: 'text', ...options })
const number = (name: string) => ({ name, type: 'number' })

interface World {
  readonly app: TestApp
  readonly admin: SignedIn
  readonly ann: SignedIn
}

/** Runs code of an application inside of a request, and answers with its result. */
function routesOf(run: (arete: Arete) => Promise<unknown>) {
  const answer = async (arete: Arete): Promise<object> => {
    try {
      return { result: await run(arete) }
    } catch (error) {
      if (!(error instanceof RecordError)) throw error
      const { code, status, message, issues } = error
      return { code, status, message, issues }
    }
  }
  return new Hono<AreteEnv>()
    .post('/api/run', async (c) => c.json(await answer(c.var.arete)))
    .post('/api/run-later', requireAuth('users', { later: true }), async (c) =>
      c.json(await answer(c.var.arete)),
    )
}

async function prepare(run: (arete: Arete) => Promise<unknown>): Promise<World> {
  const app = createExtendedApp({ routes: routesOf(run) })
  const admin = await signInSuperuser(app)
  await createCollections(
    app,
    admin.token,
    {
      name: 'notes',
      fields: [
        text('title', { required: true }),
        text('secret', { hidden: true }),
        { name: 'owner', type: 'relation', collectionId: '_pb_users_auth_' },
        { name: 'cover', type: 'file', maxSelect: 2 },
      ],
      listRule: 'owner = @request.auth.id',
      viewRule: 'owner = @request.auth.id',
      createRule: 'owner = @request.auth.id',
      updateRule: 'owner = @request.auth.id',
      deleteRule: null,
    },
    { name: 'accounts', fields: [text('name'), number('balance')] },
  )
  return { app, admin, ann: await signUp(app, 'ann@example.com') }
}

describe('records of an application', () => {
  it('act as the deployment, past all rules and with hidden fields', async ({ expect }) => {
    const { app, ann } = await prepare(async (arete) => {
      const notes = arete.records('notes')
      const made = await notes.create({ title: 'One', secret: 's', owner: '' })
      await notes.create({ title: 'Two' })
      const changed = await notes.update(made.id, { title: 'Uno' })
      const found = await notes.first({ filter: 'title = {:t}', params: { t: 'Uno' } })
      const titles: unknown[] = []
      for await (const note of notes.iterate({ perPage: 1 })) titles.push(note['title'])
      await notes.delete(made.id)
      return { changed, found, titles, left: await notes.count(), page: await notes.list() }
    })

    const { body } = await app.post('/api/run', {}, { token: ann.token })

    expect(body).toMatchObject({
      result: {
        changed: { title: 'Uno', secret: 's' },
        found: { title: 'Uno' },
        titles: ['Uno', 'Two'],
        left: 1,
        page: { page: 1, perPage: 30, totalItems: 1, totalPages: 1, items: [{ title: 'Two' }] },
      },
    })
  })

  it.for([
    {
      name: 'a missing record',
      run: (arete: Arete) => arete.records('notes').get('x'),
      status: 404,
    },
    { name: 'a missing collection', run: (arete: Arete) => arete.records('x').list(), status: 404 },
    {
      name: 'invalid values',
      run: (arete: Arete) => arete.records('notes').create({}),
      status: 400,
      issues: { title: { code: 'validation_required' } },
    },
  ])('throw the error of HTTP: $name', async ({ run, name: _, ...expected }, { expect }) => {
    const { app } = await prepare(run)

    expect((await app.post('/api/run')).body).toMatchObject(expected)
  })

  it('act as the caller, with exactly the caller’s access', async ({ expect }) => {
    const { app, admin, ann } = await prepare(async ({ caller }) => {
      const notes = caller.records('notes')
      const outcome = async (work: Promise<unknown>): Promise<unknown> =>
        await work.catch((error: unknown) => (error instanceof RecordError ? error.status : error))
      return {
        list: await outcome(notes.list({ skipTotal: true })),
        foreign: await outcome(notes.get('foreign00000001')),
        reserved: await outcome(notes.list({ filter: '@request.auth.id = 1' })),
        hidden: await outcome(notes.list({ filter: 'secret != ""' })),
        create: await outcome(notes.create({ title: 'x', owner: 'other' })),
        update: await outcome(notes.update('foreign00000001', { title: 'y' })),
        delete: await outcome(notes.delete('foreign00000001')),
        account: caller.account,
      }
    })
    const path = '/api/collections/notes/records'
    await app.post(path, { id: 'foreign00000001', title: 'Foreign' }, admin)
    await app.post(path, { title: 'Own', owner: ann.id }, admin)

    const answer = await app.post('/api/run', {}, ann)

    expect(answer.body).toMatchObject({
      result: {
        list: { items: [{ title: 'Own' }] },
        foreign: 404,
        reserved: 403,
        hidden: 400,
        create: 400,
        update: 404,
        delete: 403,
        account: { id: ann.id, collection: 'users' },
      },
    })
    expect(JSON.stringify(answer.body)).not.toContain('secret')
  })

  it('count calls of the caller against the limits of their collection', async ({ expect }) => {
    const { app, admin, ann } = await prepare(async ({ caller }) => {
      await caller.records('notes').list()
      return await caller.records('notes').list()
    })
    const rules = [{ label: 'notes:list', audience: '', duration: 100, maxRequests: 1 }]
    await app.patch('/api/settings', { rateLimits: { enabled: true, rules } }, admin)

    expect((await app.post('/api/run', {}, ann)).body).toMatchObject({ status: 429 })
  })

  it('need the old password of a caller who changes it', async ({ expect }) => {
    const { app, ann } = await prepare(async ({ caller }) => {
      const users = caller.records('users')
      const change = { password: 'another-password', passwordConfirm: 'another-password' }
      const refused = await users
        .update(ann.id, { ...change, oldPassword: 'wrong' })
        .catch((error: unknown) => (error instanceof RecordError ? error.status : error))
      await users.update(ann.id, { ...change, oldPassword: password })
      return refused
    })
    const users = '/api/collections/users'

    const answer = await app.post('/api/run', {}, ann)
    const signedIn = await app.post(`${users}/auth-with-password`, {
      identity: 'ann@example.com',
      password: 'another-password',
    })

    expect(answer.body).toEqual({ result: 400 })
    expect(signedIn.status).toBe(200)
  })

  it('act as an account that exists, with its access and no session', async ({ expect }) => {
    const { app, ann } = await prepare(async (arete) => {
      const own = arete.as({ collection: 'users', id: ann.id }).records('notes')
      const made = await own.create({ title: 'Own', owner: ann.id, secret: 'dropped' })
      const none = arete.as({ collection: 'users', id: 'missing00000000' }).records('notes')
      return {
        made,
        stored: await arete.records('notes').get(made.id),
        missing: await none.list().catch((error: unknown) => (error as RecordError).status),
      }
    })

    expect((await app.post('/api/run')).body).toMatchObject({
      result: { made: { title: 'Own' }, stored: { secret: '' }, missing: 404 },
    })
  })

  it('take files', async ({ expect }) => {
    const { app } = await prepare(async (arete) => {
      const file = new File([tinyPng], 'cover.png')
      const made = await arete.records('notes').create({ title: 'Cover', cover: [file, file] })
      const [first] = made['cover'] as string[]
      return await arete.records('notes').update(made.id, { cover: [first, file] })
    })

    const { body } = await app.post('/api/run')
    const { id, cover } = (body as { result: { id: string; cover: string[] } }).result
    const stored = await app.get(`/api/files/notes/${id}/${cover[1]}`)

    expect(cover).toHaveLength(2)
    expect(stored.status).toBe(200)
    expect(stored.headers.get('Content-Type')).toBe('image/png')
  })

  it('cost a trip each, and none more for a caller who is confirmed later', async ({ expect }) => {
    const { app, ann } = await prepare(({ caller }) => caller.records('notes').list())
    const answer = await app.post('/api/run-later', {}, ann)

    expect(tripsOf(answer)).toBe('1 batch, 1 read, 0 writes')
  })

  it('are never read for a guest or an ended session on a route for accounts', async ({
    expect,
  }) => {
    let runs = 0
    const { app, ann } = await prepare(async ({ caller }) => {
      runs++
      return await caller.records('notes').list()
    })
    const guest = await app.post('/api/run-later')
    const forged = await app.post('/api/run-later', {}, { token: `${ann.token.slice(0, -4)}AAAA` })

    expect([guest.status, forged.status, runs]).toEqual([401, 401, 0])

    await bindings.DB.prepare(`UPDATE "users" SET "tokenKey" = ?`).bind('x'.repeat(50)).run()
    const ended = await app.post('/api/run-later', {}, ann)
    expect(ended.status).toBe(401)
  })
})

describe('a batch of an application', () => {
  it('writes all or nothing, and returns the records in order', async ({ expect }) => {
    const { app } = await prepare(async (arete) => {
      const [first] = await arete.batch((tx) => {
        const id = tx.create('accounts', { name: 'a', balance: 1 })
        tx.update('accounts', id, { 'balance+': 2 })
        tx.require('accounts', id, 'balance = 3')
      })
      const failed = await arete
        .batch((tx) => {
          tx.update('accounts', first?.id ?? '', { balance: 100 })
          tx.require(
            'accounts',
            first?.id ?? '',
            { filter: 'balance < {:n}', params: { n: 50 } },
            'Too much.',
          )
        })
        .catch((error: unknown) => error)
      return {
        message: (failed as RecordError).message,
        status: (failed as RecordError).status,
        stored: await arete.records('accounts').get(first?.id ?? ''),
      }
    })

    expect((await app.post('/api/run')).body).toMatchObject({
      result: { message: 'Too much.', status: 400, stored: { balance: 3 } },
    })
  })

  it('throws the error of the write that failed', async ({ expect }) => {
    const { app } = await prepare(async (arete) =>
      arete.batch((tx) => {
        tx.create('accounts', { name: 'a' })
        tx.create('notes', { title: '' })
      }),
    )

    expect((await app.post('/api/run')).body).toMatchObject({
      status: 400,
      issues: { title: { code: 'validation_required' } },
    })
  })
})

describe('a transaction of an application', () => {
  it('loses no update among 20 racers', async ({ expect }) => {
    let committed = 0
    const { app } = await prepare(async (arete) => {
      const { id } = await arete.records('accounts').create({ balance: 0 })
      const add = async (): Promise<void> => {
        try {
          await arete.transact(async (tx) => {
            const account = await tx.get('accounts', id)
            tx.update('accounts', id, { balance: Number(account['balance']) + 1 })
          })
          committed++
        } catch (error) {
          if (!(error instanceof RecordError) || error.status !== 409) throw error
        }
      }
      await Promise.all(Array.from({ length: 20 }, add))
      return await arete.records('accounts').get(id)
    })

    const { body } = await app.post('/api/run')

    expect(committed).toBeGreaterThan(0)
    expect(body).toMatchObject({ result: { balance: committed } })
  })

  it('runs again when what it read has changed, and writes once', async ({ expect }) => {
    let runs = 0
    const { app } = await prepare(async (arete) => {
      const { id } = await arete.records('accounts').create({ balance: 5 })
      await arete.transact(async (tx) => {
        const { balance } = await tx.get('accounts', id)
        if (runs++ === 0) await arete.records('accounts').update(id, { balance: 7 })
        tx.update('accounts', id, { balance: Number(balance) - 5 })
      })
      return await arete.records('accounts').get(id)
    })

    expect((await app.post('/api/run')).body).toMatchObject({ result: { balance: 2 } })
    expect(runs).toBe(2)
  })
})
