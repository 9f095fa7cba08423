import PocketBase, { ClientResponseError } from 'pocketbase'
import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { insertSuperuser, password } from '../support/accounts.ts'
import { createTestApp } from '../support/test-app.ts'

const email = 'ada@example.com'

let client: PocketBase

/** The official client with its own store. */
function createClient(): PocketBase {
  return new PocketBase('http://127.0.0.1:8787').autoCancellation(false)
}

beforeEach(async () => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(createTestApp().fetch)
  client = createClient()
  await client
    .collection('users')
    .create({ email, password, passwordConfirm: password, name: 'Ada' })
})
afterEach(() => {
  vi.restoreAllMocks()
})

describe('the official client', () => {
  it('lists the ways to sign in', async ({ expect }) => {
    const methods = await client.collection('users').listAuthMethods()

    expect(methods.password).toEqual({ enabled: true, identityFields: ['email'] })
    expect(methods.oauth2).toEqual({ enabled: false, providers: [] })
  })

  it('signs in and has the record of its account', async ({ expect }) => {
    const { record } = await client.collection('users').authWithPassword(email, password)

    expect(record['name']).toBe('Ada')
    expect(client.authStore.isValid).toBe(true)
    expect(client.authStore.isSuperuser).toBe(false)
    expect(client.authStore.record?.id).toBe(record.id)
    expect((await client.collection('users').getOne(record.id)).id).toBe(record.id)
  })

  it('refreshes what it stores', async ({ expect }) => {
    await client.collection('users').authWithPassword(email, password)

    const { record, token } = await client.collection('users').authRefresh()

    expect(record['email']).toBe(email)
    expect(client.authStore.token).toBe(token)
    expect(client.authStore.isValid).toBe(true)
  })

  it('reads the error of a failed sign-in', async ({ expect }) => {
    const refused = client.collection('users').authWithPassword(email, 'wrong')

    await expect(refused).rejects.toThrow(ClientResponseError)
    await expect(refused).rejects.toMatchObject({
      status: 400,
      response: { data: {}, message: 'Failed to authenticate.', status: 400 },
    })
  })

  it('signs in a superuser and refreshes automatically', async ({ expect }) => {
    await insertSuperuser()

    await client
      .collection('_superusers')
      .authWithPassword('admin@example.com', password, { autoRefreshThreshold: 30 * 60 })

    expect(client.authStore.isSuperuser).toBe(true)
    expect((await client.collection('users').getFullList()).length).toBe(1)
  })

  it('impersonates in a separate client', async ({ expect }) => {
    await insertSuperuser()
    await client.collection('_superusers').authWithPassword('admin@example.com', password)
    const { id } = await client.collection('users').getFirstListItem(`email = "${email}"`)

    const ada = await client.collection('users').impersonate(id, 60)

    expect(ada.authStore.record?.id).toBe(id)
    expect((await ada.collection('users').getOne(id)).id).toBe(id)
    expect(client.authStore.isSuperuser).toBe(true)
  })

  it('stays signed in when it changes its password, and no other client does', async ({
    expect,
  }) => {
    const other = createClient()
    await other.collection('users').authWithPassword(email, password)
    const { record } = await client.collection('users').authWithPassword(email, password)

    await client.collection('users').update(record.id, {
      oldPassword: password,
      password: 'another-password',
      passwordConfirm: 'another-password',
    })

    expect((await client.collection('users').authRefresh()).record.id).toBe(record.id)
    await expect(other.collection('users').authRefresh()).rejects.toMatchObject({ status: 401 })
  })

  it('ends its own and other sessions with plain requests', async ({ expect }) => {
    await client.collection('users').authWithPassword(email, password)
    const other = createClient()
    await other.collection('users').authWithPassword(email, password)
    const sessions = '/api/collections/users/sessions'

    const { items } = await client.send<{ items: { id: string; current: boolean }[] }>(sessions, {})
    const another = items.find(({ current }) => !current)
    await client.send(`${sessions}/${another?.id}`, { method: 'DELETE' })
    await expect(other.collection('users').authRefresh()).rejects.toMatchObject({ status: 401 })

    await client.send('/api/collections/users/logout', { method: 'POST' })
    await expect(client.collection('users').authRefresh()).rejects.toMatchObject({ status: 401 })
  })

  it('clears the store when it deletes its account', async ({ expect }) => {
    const { record, token } = await client.collection('users').authWithPassword(email, password)

    await client.collection('users').delete(record.id)

    expect(client.authStore.isValid).toBe(false)
    client.authStore.save(token)
    await expect(client.collection('users').authRefresh()).rejects.toMatchObject({ status: 401 })
  })
})
