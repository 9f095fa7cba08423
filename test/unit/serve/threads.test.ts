import { once } from 'node:events'
import { request } from 'node:http'
import PocketBase from 'pocketbase'
import { beforeEach, describe, it, vi } from 'vitest'
import { type ServedThread, serveThreads } from '../../support/served-threads.ts'

let one: ServedThread
let other: ServedThread

const open = { listRule: '', viewRule: '', createRule: '', updateRule: '', deleteRule: '' }

/** The collection `tasks`, which everyone may read and write. */
const tasks = {
  ...{ name: 'tasks', type: 'base', ...open },
  fields: [
    { name: 'title', type: 'text' },
    { name: 'count', type: 'number' },
    { name: 'scan', type: 'file', maxSelect: 1 },
  ],
  indexes: ['CREATE UNIQUE INDEX `idx_title` ON `tasks` (`title`) WHERE `title` != ""'],
}

beforeEach(async () => {
  ;[one, other] = (await serveThreads(2)) as [ServedThread, ServedThread]
  await (await one.admin()).collections.create(tasks)
})

async function waitFor(condition: () => boolean): Promise<void> {
  await vi.waitUntil(condition, { timeout: 60_000 })
}

/** The status of a call; 200 if it succeeds. */
async function statusOf(call: Promise<unknown>): Promise<number> {
  return await call.then(
    () => 200,
    (error: { readonly status: number }) => error.status,
  )
}

/** The statuses of calls that clients of both threads make at once, this many times each. */
async function fromBoth(
  times: number,
  call: (client: PocketBase) => Promise<unknown>,
): Promise<number[]> {
  const clients = [one.client(), other.client()]
  const rounds = Array.from({ length: times }, () => clients)
  return await Promise.all(rounds.flat().map(async (client) => await statusOf(call(client))))
}

describe('threads of a server', () => {
  it('tell each other what the subscribers of both should hear, in its order', async ({
    expect,
  }) => {
    const heard: Record<string, string[]> = { one: [], other: [] }
    const clients = { one: one.client(), other: other.client() }
    for (const [name, client] of Object.entries(clients)) {
      await client.collection('tasks').subscribe('*', ({ action, record }) => {
        heard[name]?.push(`${action} ${record['title']}`)
      })
    }

    const [here, there] = [one.client().collection('tasks'), other.client().collection('tasks')]
    const { id } = await here.create({ title: 'a' })
    await there.create({ title: 'b' })
    await there.update(id, { title: 'c' })
    await here.delete(id)

    const all = ['create a', 'create b', 'update c', 'delete c']
    await waitFor(() => Object.values(heard).every(({ length }) => length >= all.length))
    expect(heard).toEqual({ one: all, other: all })
    for (const client of Object.values(clients)) await client.realtime.unsubscribe()
  })

  it('subscribe a client whose stream another thread holds', async ({ expect }) => {
    const client = one.client()
    const heard: string[] = []
    // The SDK opens its stream at one thread, and its subscriptions arrive at the other.
    client.beforeSend = (url, options) => ({
      url: url.replace(one.origin, other.origin),
      options,
    })

    await client.collection('tasks').subscribe('*', ({ action }) => heard.push(action))
    await other.client().collection('tasks').create({ title: 'a' })

    await waitFor(() => heard.length > 0)
    expect(heard).toEqual(['create'])
    await client.realtime.unsubscribe()
  })

  it('open streams in shards of their own', async ({ expect }) => {
    const shards = async (thread: ServedThread): Promise<number[]> =>
      await Promise.all(
        Array.from({ length: 12 }, async () => {
          const sent = request({ port: thread.server.port, path: '/api/realtime', agent: false })
          const [response] = (await once(sent.end(), 'response')) as [NodeJS.ReadableStream]
          const [first] = (await once(response, 'data')) as [Buffer]
          sent.destroy()
          return Number.parseInt(/id:(\w\w)/.exec(first.toString())?.[1] ?? '', 36)
        }),
      )

    expect((await shards(one)).every((shard) => shard % 2 === 0)).toBe(true)
    expect((await shards(other)).every((shard) => shard % 2 === 1)).toBe(true)
  })

  it('refuse a session at once that ended in another one', async ({ expect }) => {
    const admin = await one.admin()
    const elsewhere = new PocketBase(other.origin, admin.authStore)
    const before = await statusOf(elsewhere.collections.getFullList())

    const sessions = await admin.send<{ readonly items: { id: string; current: boolean }[] }>(
      '/api/collections/_superusers/sessions',
      { method: 'GET' },
    )
    const current = sessions.items.find((session) => session.current)
    await admin.send(`/api/collections/_superusers/sessions/${current?.id}`, { method: 'DELETE' })

    expect([before, await statusOf(elsewhere.collections.getFullList())]).toEqual([200, 401])
  })

  it('apply a definition at once that changed in another one', async ({ expect }) => {
    const admin = await one.admin()
    const elsewhere = other.client().collection('tasks')
    await elsewhere.create({ title: 'a' })
    const [before] = await elsewhere.getFullList()

    await admin.collections.update('tasks', {
      fields: [...tasks.fields, { name: 'note', type: 'text' }],
    })
    const [after] = await elsewhere.getFullList()
    await admin.collections.update('tasks', { listRule: null, createRule: null })

    expect([before?.['note'], after?.['note']]).toEqual([undefined, ''])
    expect(await statusOf(elsewhere.getFullList())).toBe(403)
    expect(await statusOf(elsewhere.create({ title: 'b' }))).toBe(403)
  })

  it('lose no update of many at once', async ({ expect }) => {
    const { id } = await one.client().collection('tasks').create({ title: 'counter' })
    const statuses = await fromBoth(50, (client) =>
      client.collection('tasks').update(id, { 'count+': 1 }),
    )

    expect(new Set(statuses)).toEqual(new Set([200]))
    const record = await other.client().collection('tasks').getOne(id)
    expect(record['count']).toBe(100)
  })

  it('let one of many creations of a unique value win', async ({ expect }) => {
    const statuses = await fromBoth(10, (client) =>
      client.collection('tasks').create({ title: 'the one' }),
    )

    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 400)).toHaveLength(19)
  })

  it('share files, and delete none that another one is writing', async ({ expect }) => {
    const scan = new File(['content'], 'scan.txt', { type: 'text/plain' })

    const record = await one.client().collection('tasks').create({ title: 'a', scan })
    const url = other.client().files.getURL(record, record['scan'] as string)
    const response = await fetch(url)

    expect(await response.text()).toBe('content')
  })

  it('have one backup at a time, in the first thread', async ({ expect }) => {
    const admin = await other.admin()

    await admin.backups.create('copy.zip')

    const listed = await (await one.admin()).backups.getFullList()
    expect(listed.map(({ key }) => key)).toEqual(['copy.zip'])
    expect(await other.host.services.backups.current()).toBeUndefined()
  })

  it('answer each other until all have drained', async ({ expect }) => {
    const client = other.client()
    await client.collection('tasks').subscribe('*', () => undefined)

    await one.server.drain()
    const status = await statusOf(other.client().collection('tasks').create({ title: 'a' }))
    // The SDK would connect again.
    await client.realtime.unsubscribe()
    await other.server.drain()

    expect(status).toBe(200)
  })
})
