import PocketBase from 'pocketbase'
import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { insertSuperuser, password } from '../support/accounts.ts'
import {
  createFakeProvider,
  type FakeProvider,
  fakeProviderOptions,
} from '../support/fake-provider.ts'
import { provideEventSource } from '../support/event-source.ts'
import { createTestApp } from '../support/test-app.ts'

const origin = 'http://127.0.0.1:8787'
const ada = { sub: 'ada-1', email: 'ada@example.com', email_verified: true, name: 'Ada' }

let client: PocketBase
let provider: FakeProvider

beforeEach(async () => {
  const app = createTestApp()
  provideEventSource(app)
  provider = createFakeProvider()
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init)
    return request.url.startsWith(origin)
      ? await app.fetch(request)
      : await provider.fetch(input, init)
  })
  await insertSuperuser()
  const admin = new PocketBase(origin).autoCancellation(false)
  await admin.collection('_superusers').authWithPassword('admin@example.com', password)
  await admin.collections.update('users', {
    oauth2: {
      enabled: true,
      providers: [fakeProviderOptions()],
      mappedFields: { name: 'name' },
    },
  })
  client = new PocketBase(origin).autoCancellation(false)
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

async function signIn(): Promise<string> {
  const { record } = await client
    .collection('users')
    .authWithOAuth2Code('oidc', provider.codeFor(ada), 'verifier', 'https://app.example.com/')
  return record.id
}

describe('the official client', () => {
  it('signs in with a code and has the record of its account', async ({ expect }) => {
    const { meta, record } = await client
      .collection('users')
      .authWithOAuth2Code('oidc', provider.codeFor(ada), 'verifier', 'https://app.example.com/', {
        emailVisibility: true,
      })

    expect(meta).toMatchObject({ id: 'ada-1', isNew: true, email: 'ada@example.com' })
    expect(record).toMatchObject({ name: 'Ada', emailVisibility: true })
    expect(client.authStore.isValid).toBe(true)
    expect((await client.collection('users').authRefresh()).record.id).toBe(record.id)
  })

  it('signs in with a popup and a realtime redirect', async ({ expect }) => {
    const { record } = await client.collection('users').authWithOAuth2({
      provider: 'oidc',
      urlCallback: async (url) => {
        const { searchParams } = new URL(url)
        expect(searchParams.get('redirect_uri')).toBe(`${origin}/api/oauth2-redirect`)
        const back = new URLSearchParams({
          state: searchParams.get('state') ?? '',
          code: provider.codeFor(ada),
        })
        // The request of the popup after the user has agreed.
        await fetch(`${origin}/api/oauth2-redirect?${back.toString()}`, { redirect: 'manual' })
      },
    })

    expect(record).toMatchObject({ name: 'Ada' })
    expect(client.authStore.isValid).toBe(true)
  })

  it('lists the providers of its account', async ({ expect }) => {
    const id = await signIn()

    const links = await client.collection('users').listExternalAuths(id)

    expect(links).toMatchObject([
      {
        collectionName: '_externalAuths',
        collectionRef: '_pb_users_auth_',
        recordRef: id,
        provider: 'oidc',
        providerId: 'ada-1',
      },
    ])
  })

  it('unlinks a provider, and can link it again', async ({ expect }) => {
    const id = await signIn()

    expect(await client.collection('users').unlinkExternalAuth(id, 'oidc')).toBe(true)

    expect(await client.collection('users').listExternalAuths(id)).toEqual([])
    expect(await signIn()).toBe(id)
    expect(await client.collection('users').listExternalAuths(id)).toHaveLength(1)
  })

  it('neither sees nor unlinks the providers of others', async ({ expect }) => {
    const id = await signIn()
    const email = 'other@example.com'
    await client.collection('users').create({ email, password, passwordConfirm: password })
    await client.collection('users').authWithPassword(email, password)

    expect(await client.collection('users').listExternalAuths(id)).toEqual([])
    await expect(client.collection('users').unlinkExternalAuth(id, 'oidc')).rejects.toMatchObject({
      status: 404,
    })
  })

  it('cannot create links', async ({ expect }) => {
    const id = await signIn()

    const forged = client.collection('_externalAuths').create({
      collectionRef: '_pb_users_auth_',
      recordRef: id,
      provider: 'oidc2',
      providerId: 'mallory',
    })

    await expect(forged).rejects.toMatchObject({ status: 403 })
  })
})
