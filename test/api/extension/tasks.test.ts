import { Hono } from 'hono'
import { describe, it, vi } from 'vitest'
import * as z from 'zod'
import {
  type AnyTask,
  type AppDefinition,
  type AreteCore,
  type AreteEnv,
  durable,
  type EnqueueOptions,
  task,
  type TaskCall,
} from '#extension/index.ts'
import { signInSuperuser } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createCollections } from '../../support/collections.ts'
import { createExtendedApp, runJobs } from '../../support/extended-app.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const posts = '/api/collections/posts/records'

async function prepare(definition: AppDefinition) {
  const app = createExtendedApp(definition)
  const admin = await signInSuperuser(app)
  await createCollections(createTestApp(), admin.token, {
    name: 'posts',
    fields: [{ name: 'title', type: 'text', max: 20 }],
    createRule: '',
    updateRule: '',
  })
  return { app, admin }
}

const quiet = () => vi.spyOn(console, 'error').mockImplementation(() => undefined)

async function calls(): Promise<Record<string, unknown>[]> {
  const { results } = await bindings.DB.prepare('SELECT * FROM "_deliveries" ORDER BY rowid').all()
  return results
}

/** Lets the next minute come, in which everything that waits is due. */
async function nextMinute(definition: AppDefinition): Promise<void> {
  await bindings.DB.prepare(`UPDATE "_deliveries" SET "due" = 0 WHERE "state" = 'waiting'`).run()
  await bindings.DB.prepare('DELETE FROM "_crons"').run()
  await runJobs(definition, new Date())
}

/** A route that enqueues what its body says. */
const enqueueRoute = new Hono<AreteEnv>().post('/api/enqueue', async (c) => {
  const [name, payload, options] = await c.req.json<[string, unknown, EnqueueOptions?]>()
  return c.json(await c.var.arete.tasks.enqueue(name, payload ?? undefined, options ?? undefined))
})

function enqueueCall(name: string, payload?: unknown, options?: EnqueueOptions) {
  return [name, payload, options]
}

async function enqueue(app: TestApp, ...call: Parameters<typeof enqueueCall>) {
  return await app.post('/api/enqueue', enqueueCall(...call))
}

const width = z.object({ width: z.number() })

describe('a task', () => {
  it('runs after the answer with its payload, once', async ({ expect }) => {
    const seen: [unknown, TaskCall][] = []
    const resize = task(width, (payload, _arete, call) => void seen.push([payload, call]))
    const { app } = await prepare({ tasks: { resize }, routes: enqueueRoute })

    const { status, body } = await enqueue(app, 'resize', { width: 3, more: 'is left out' })
    await nextMinute({ tasks: { resize } })

    expect(status).toBe(200)
    expect(seen).toMatchObject([[{ width: 3 }, { id: body, attempt: 1 }]])
    expect(await calls()).toMatchObject([
      { id: body, endpoint: 'task:resize', state: 'done', attempts: 1, running: 0 },
    ])
  })

  it('is enqueued by itself, with the payload that its schema takes', async ({ expect }) => {
    const seen: unknown[] = []
    const note = task(z.undefined(), () => void seen.push('note'))
    const resize = task(width, async (payload, arete) => {
      seen.push(payload.width)
      await arete.tasks.enqueue(note)
    })
    const routes = new Hono<AreteEnv>().post('/api/run', async (c) => {
      await c.var.arete.tasks.enqueue(resize, { width: 1 })
      return c.body(null, 204)
    })
    const { app } = await prepare({ tasks: { resize, note }, routes })

    await app.post('/api/run')

    expect(seen).toEqual([1, 'note'])
  })

  it('reads and writes records as the deployment', async ({ expect }) => {
    const add = task(z.string(), async (title, arete) => {
      await arete.records('posts').create({ title })
    })
    const { app, admin } = await prepare({ tasks: { add }, routes: enqueueRoute })

    await enqueue(app, 'add', 'One')

    expect((await app.get(posts, admin)).body).toMatchObject({ items: [{ title: 'One' }] })
  })

  it('waits for the time that it is told', async ({ expect }) => {
    let runs = 0
    const tasks = { later: task(z.undefined(), () => void runs++) }
    const { app } = await prepare({ tasks, routes: enqueueRoute })

    await enqueue(app, 'later', undefined, { in: 3600 })
    await runJobs({ tasks }, new Date())
    const before = runs
    const [row] = await calls()
    await nextMinute({ tasks })

    expect([before, runs]).toEqual([0, 1])
    expect(Number(row?.['due']) - Number(row?.['created'])).toBe(3600)
  })

  it('is not added while one with its key waits, but is while that one runs', async ({
    expect,
  }) => {
    const made: unknown[] = []
    const tasks = {
      index: task(z.number(), async (_, arete) => {
        made.push(await arete.tasks.enqueue('index', 9, { key: 'a', in: 60 }))
      }),
    }
    const { app } = await prepare({ tasks, routes: enqueueRoute })

    const first = await enqueue(app, 'index', 1, { key: 'a', in: 60 })
    const second = await enqueue(app, 'index', 2, { key: 'a' })
    const other = await enqueue(app, 'index', 3, { key: 'b', in: 60 })
    const waiting = await calls()
    await bindings.DB.prepare(`UPDATE "_deliveries" SET "due" = 0 WHERE "key" = 'a'`).run()
    await runJobs({ tasks }, new Date())

    expect(second.body).toBe(first.body)
    expect(other.body).not.toBe(first.body)
    expect(waiting.map(({ payload }) => payload)).toEqual(['1', '3'])
    expect(made).not.toEqual([first.body])
    expect(await calls()).toHaveLength(3)
  })
})

describe('a task in a batch', () => {
  const seen: unknown[] = []
  const tasks = { note: task(z.string(), (text) => void seen.push(text)) }
  const routes = new Hono<AreteEnv>().post('/api/both', async (c) => {
    const title = await c.req.text()
    const written = await c.var.arete.batch((tx) => {
      tx.enqueue('note', title)
      tx.create('posts', { title })
    })
    return c.json(written)
  })

  it('is enqueued if the batch is committed, and only then', async ({ expect }) => {
    seen.length = 0
    const { app } = await prepare({ tasks, routes })

    const kept = await app.request('POST', '/api/both', { body: 'One' })
    const refused = await app.request('POST', '/api/both', { body: 'A title that is too long' })

    expect([kept.status, refused.status]).toEqual([200, 400])
    expect(kept.body).toMatchObject([{ title: 'One' }])
    expect(seen).toEqual(['One'])
    expect(await calls()).toHaveLength(1)
  })

  it('costs the write of a before hook no trip', async ({ expect }) => {
    seen.length = 0
    const hooks = {
      posts: {
        beforeCreate(e: { readonly batch: { enqueue(name: string, payload: unknown): void } }) {
          e.batch.enqueue('note', 'hooked')
        },
      },
    }
    const { app } = await prepare({ tasks, hooks })
    await app.post(posts, { title: 'Warm' })
    const batch = vi.spyOn(bindings.DB, 'batch')
    const answer = app.post(posts, { title: 'One' })

    const { status } = await answer
    const writes = batch.mock.calls.length
    const refused = await app.post(posts, { title: 'A title that is too long' })

    // The write, the claim and the note of the task, and a claim that finds nothing.
    expect(writes).toBeLessThanOrEqual(4)
    expect([status, refused.status]).toEqual([200, 400])
    expect(seen).toEqual(['hooked', 'hooked'])
    expect(await calls()).toHaveLength(2)
  })
})

describe('a task that fails', () => {
  it('is repeated with longer and longer delays, and given up after three days', async ({
    expect,
  }) => {
    const log = quiet()
    let runs = 0
    const tasks = {
      fail: task(z.string(), () => {
        runs++
        throw new Error('not yet')
      }),
    }
    const { app, admin } = await prepare({ tasks, routes: enqueueRoute })
    await enqueue(app, 'fail', 'a secret payload')
    const delays: number[] = []
    for (let round = 0; round < 5; round++) {
      const [row] = await calls()
      delays.push(Number(row?.['due']) - Number(row?.['attempted']))
      await nextMinute({ tasks })
    }
    await bindings.DB.prepare('UPDATE "_deliveries" SET "attempts" = 77').run()
    await nextMinute({ tasks })

    expect(delays).toEqual([10, 60, 120, 240, 480])
    expect(runs).toBe(7)
    const list = await app.get('/api/functions/deliveries?state=dead', admin)
    expect(list.body).toMatchObject({
      totalItems: 1,
      items: [
        { webhook: 'task:fail', type: 'task', state: 'dead', error: 'not yet', attempts: 78 },
      ],
    })
    expect(JSON.stringify(log.mock.calls)).toContain('task:fail')
    expect(JSON.stringify(log.mock.calls)).not.toContain('a secret payload')
  })

  it('is repeated under its id if the host ends before its end is noted', async ({ expect }) => {
    const seen: TaskCall[] = []
    const tasks = { note: task(z.undefined(), (_, __, call) => void seen.push(call)) }
    const { app } = await prepare({ tasks, routes: enqueueRoute })
    await enqueue(app, 'note')
    // As the row is between the claim and the note.
    await bindings.DB.prepare(`UPDATE "_deliveries" SET "state" = 'waiting', "running" = 1`).run()

    await nextMinute({ tasks })

    expect(seen.map(({ id, attempt }) => ({ id, attempt }))).toEqual([
      { id: seen[0]?.id, attempt: 1 },
      { id: seen[0]?.id, attempt: 2 },
    ])
  })

  it('is given up if it ends the host at every attempt', async ({ expect }) => {
    let runs = 0
    const tasks = { note: task(z.undefined(), () => void runs++) }
    const { app } = await prepare({ tasks, routes: enqueueRoute })
    await enqueue(app, 'note', undefined, { in: 60 })
    await bindings.DB.prepare(`UPDATE "_deliveries" SET "running" = 1, "attempts" = 78`).run()

    await nextMinute({ tasks })

    expect(runs).toBe(0)
    expect(await calls()).toMatchObject([{ state: 'dead', error: 'ended', running: 0 }])
  })

  it('is claimed by one of many runners', async ({ expect }) => {
    let runs = 0
    const tasks = { note: task(z.number(), () => void runs++) }
    const { app } = await prepare({ tasks, routes: enqueueRoute })
    for (const number of [1, 2, 3]) await enqueue(app, 'note', number, { in: 60 })
    await bindings.DB.prepare('UPDATE "_deliveries" SET "due" = 0').run()
    const apps = Array.from({ length: 6 }, () => createExtendedApp({ tasks, routes: enqueueRoute }))

    await Promise.all(apps.map((each, at) => enqueue(each, 'note', at)))
    await nextMinute({ tasks })

    expect(runs).toBe(9)
    expect((await calls()).every(({ attempts }) => attempts === 1)).toBe(true)
  })

  it('is stopped from holding up others', async ({ expect }) => {
    quiet()
    const order: string[] = []
    const tasks = {
      busy: task(z.number(), () => void order.push('busy')),
      quick: task(z.undefined(), () => void order.push('quick')),
    }
    const { app } = await prepare({ tasks, routes: enqueueRoute })
    for (let each = 0; each < 8; each++) await enqueue(app, 'busy', each, { in: 60 })
    await enqueue(app, 'quick', undefined, { in: 60 })

    await nextMinute({ tasks })

    expect(order.indexOf('quick')).toBeLessThan(6)
    expect(order).toHaveLength(9)
  })
})

describe('enqueuing', () => {
  const tasks = { resize: task(width, () => undefined) }

  const cases: readonly { name: string; call: Parameters<typeof enqueueCall> }[] = [
    { name: 'a task that is not there', call: ['missing', {}] },
    { name: 'a payload that the schema refuses', call: ['resize', { width: 'wide' }] },
    {
      name: 'a payload that is too large',
      call: ['resize', { width: 1, text: 'x'.repeat(100_000) }],
    },
    { name: 'a time in the past', call: ['resize', { width: 1 }, { in: -1 }] },
    { name: 'a time without end', call: ['resize', { width: 1 }, { in: 1e12 }] },
    { name: 'an empty key', call: ['resize', { width: 1 }, { key: '' }] },
    { name: 'a key without end', call: ['resize', { width: 1 }, { key: 'x'.repeat(256) }] },
  ]

  it.for(cases)('fails for $name, and stores nothing', async ({ call }, { expect }) => {
    const log = quiet()
    const { app } = await prepare({ tasks, routes: enqueueRoute })

    const { status } = await app.post('/api/enqueue', enqueueCall(...call))

    expect(status).toBe(500)
    expect(log).toHaveBeenCalled()
    expect(await calls()).toEqual([])
  })

  const broken: readonly { name: string; named: Record<string, AnyTask> }[] = [
    { name: 'with a name that is none', named: { 'a b': tasks.resize } },
    { name: 'with two names', named: { one: tasks.resize, two: tasks.resize } },
  ]

  it.for(broken)('is impossible for a task $name', ({ named }, { expect }) => {
    expect(() => createExtendedApp({ tasks: named })).toThrow()
  })
})

describe('a payload that the schema of a later version refuses', () => {
  it('is given up, and can be replayed', async ({ expect }) => {
    quiet()
    const before = { resize: task(z.object({ size: z.number() }), () => undefined) }
    let runs = 0
    const now = { resize: task(width, () => void runs++) }
    const { app, admin } = await prepare({ tasks: before, routes: enqueueRoute })
    await enqueue(app, 'resize', { size: 1 }, { in: 60 })

    await nextMinute({ tasks: now })
    const [dead] = await calls()
    const path = `/api/webhooks/deliveries/${String(dead?.['id'])}`
    const view = await app.get(path, admin)
    await app.post(`${path}/replay`, undefined, admin)

    expect(runs).toBe(0)
    expect(dead).toMatchObject({ state: 'dead', error: 'unreadable: The schema refuses width.' })
    expect(view.body).toMatchObject({ type: 'task', body: '{"size":1}' })
    expect(await calls()).toMatchObject([{ state: 'done', attempts: 2 }])
  })
})

describe('hooks and tasks that cause one another', () => {
  it('end', async ({ expect }) => {
    quiet()
    let runs = 0
    const tasks = {
      touch: task(z.string(), async (id, arete) => {
        runs++
        await arete.records('posts').update(id, { title: String(runs) })
      }),
    }
    const enqueueTouch = async (e: { record: { id: string } }, arete: AreteCore) => {
      await arete.tasks.enqueue('touch', e.record.id)
    }
    const definition = { tasks, hooks: { posts: { afterUpdate: durable('touch', enqueueTouch) } } }
    const { app } = await prepare(definition)
    const { body } = await app.post(posts, { title: 'One' })

    await app.patch(`${posts}/${(body as { id: string }).id}`, { title: 'Two' })
    for (let round = 0; round < 2; round++) await nextMinute(definition)

    expect(runs).toBeGreaterThan(2)
    const all = await calls()
    expect(all.filter(({ state }) => state === 'done').length).toBeLessThan(12)
  })
})

describe('GET /api/functions', () => {
  it('lists durable hooks and tasks with their calls, also for a former version', async ({
    expect,
  }) => {
    quiet()
    const tasks = { good: task(z.undefined(), () => undefined) }
    const former = { tasks: { ...tasks, old: task(z.undefined(), () => undefined) } }
    const hooks = { posts: { afterCreate: durable('note', () => undefined) } }
    const { app, admin } = await prepare({ ...former, routes: enqueueRoute })
    await enqueue(app, 'old', undefined, { in: 60 })
    await enqueue(app, 'good')
    await nextMinute({ tasks })
    await enqueue(app, 'good', undefined, { in: 60 })
    const present = createExtendedApp({ tasks, hooks, routes: enqueueRoute })

    const { body } = await present.get('/api/functions', admin)
    const guest = await present.get('/api/functions')
    const guestCalls = await present.get('/api/functions/deliveries')

    const none = { running: 0, waiting: 0, done: 0, dead: 0 }
    expect(body).toMatchObject({
      items: [
        { id: 'hook:posts:note', kind: 'hook', collection: 'posts', name: 'note', ...none },
        { id: 'task:good', kind: 'task', known: true, ...none, done: 1, waiting: 1 },
        { id: 'task:old', kind: 'task', known: false, ...none, dead: 1 },
      ],
    })
    expect([guest.status, guestCalls.status]).toEqual([401, 401])
  })

  it('does not start a call a second time that is under way', async ({ expect }) => {
    const { promise: started, resolve: start } = Promise.withResolvers<string>()
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    let runs = 0
    const tasks = {
      slow: task(z.undefined(), async (_, __, { id }) => {
        runs++
        start(id)
        await ended
      }),
    }
    const { app, admin } = await prepare({ tasks, routes: enqueueRoute })
    const enqueued = enqueue(app, 'slow')
    const id = await started

    const list = await app.get('/api/functions/deliveries', admin)
    const replayed = await app.post(`/api/webhooks/deliveries/${id}/replay`, undefined, admin)
    const all = await app.post('/api/webhooks/task:slow/replay', { state: 'waiting' }, admin)
    end()
    await enqueued

    expect(list.body).toMatchObject({ items: [{ id, state: 'waiting', running: true, next: '' }] })
    expect([replayed.body, all.body]).toEqual([{ count: 0 }, { count: 0 }])
    expect(runs).toBe(1)
  })
})
