import PocketBase from 'pocketbase'
import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { insertSuperuser, password } from '../support/accounts.ts'
import { provideEventSource } from '../support/event-source.ts'
import { createTestApp } from '../support/test-app.ts'

let admin: PocketBase
let client: PocketBase

beforeEach(async () => {
  const app = createTestApp()
  vi.spyOn(globalThis, 'fetch').mockImplementation(app.fetch)
  provideEventSource(app)
  admin = new PocketBase('http://127.0.0.1:8787').autoCancellation(false)
  client = new PocketBase('http://127.0.0.1:8787').autoCancellation(false)
  await insertSuperuser()
  await admin.collection('_superusers').authWithPassword('admin@example.com', password)
  await admin.collections.create({
    name: 'tasks',
    type: 'base',
    fields: [
      { name: 'title', type: 'text' },
      { name: 'done', type: 'bool' },
    ],
    listRule: '',
    viewRule: '',
    createRule: '',
    updateRule: '',
    deleteRule: '',
  })
})

afterEach(async () => {
  await client.realtime.unsubscribe()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

async function until(condition: () => boolean): Promise<void> {
  for (let n = 0; n < 300 && !condition(); n++) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  if (!condition()) throw new Error('It does not come.')
}

describe('the official client, on realtime', () => {
  it('subscribes to a collection, to a record and with options, and receives events', async ({
    expect,
  }) => {
    const tasks = client.collection('tasks')
    const { id } = await tasks.create({ title: 'one' })
    const heard: string[] = []
    await tasks.subscribe('*', ({ action, record }) =>
      heard.push(`all ${action} ${record['title']}`),
    )
    await tasks.subscribe(id, ({ action }) => heard.push(`one ${action}`))
    await tasks.subscribe('*', ({ record }) => heard.push(`done ${record['title']}`), {
      filter: 'done = true',
    })

    await tasks.update(id, { title: 'two' })
    await tasks.create({ title: 'three', done: true })
    await tasks.delete(id)

    await until(() => heard.length === 6)
    expect(heard.toSorted()).toEqual([
      'all create three',
      'all delete two',
      'all update two',
      'done three',
      'one delete',
      'one update',
    ])
  })

  it('unsubscribes, from one topic and from all', async ({ expect }) => {
    const tasks = client.collection('tasks')
    const heard: string[] = []
    const stop = await tasks.subscribe('*', ({ action }) => heard.push(action))
    await client.collection('users').subscribe('*', () => heard.push('users'))
    await tasks.create({ title: 'one' })
    await until(() => heard.length === 1)

    await stop()
    await tasks.create({ title: 'two' })
    await client.collection('users').unsubscribe()

    expect(client.realtime.isConnected).toBe(false)
    expect(heard).toEqual(['create'])
  })

  it('receives events its account may see after signing in', async ({ expect }) => {
    await admin.collections.update('tasks', { listRule: "@request.auth.id != ''" })
    const heard: string[] = []
    await client.collection('tasks').subscribe('*', ({ record }) => heard.push(record['title']))
    await admin.collection('tasks').create({ title: 'unheard' })
    await client
      .collection('users')
      .create({ email: 'ada@example.com', password, passwordConfirm: password })
    await client.collection('users').authWithPassword('ada@example.com', password)
    await client.collection('tasks').subscribe('other', () => {})

    await admin.collection('tasks').create({ title: 'heard' })

    await until(() => heard.length > 0)
    expect(heard).toEqual(['heard'])
  })
})
