import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { type SignedIn, signInSuperuser } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { changeCollection } from '../../support/collections.ts'
import {
  acceptFakeProvider,
  createFakeProvider,
  type FakeProvider,
  signInWithCode,
} from '../../support/fake-provider.ts'
import { pictures } from '../../support/pictures.ts'
import { tripsOf } from '../../support/round-trips.ts'
import { storedKeys } from '../../support/stored-files.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

const address = 'https://cdn.example.com/people/ada.png'

let app: TestApp
let superuser: SignedIn
let provider: FakeProvider
let warnings: unknown[]

beforeEach(async () => {
  app = createTestApp()
  superuser = await signInSuperuser(app)
  await app.patch('/api/settings', { rateLimits: { enabled: false } }, { token: superuser.token })
  await acceptFakeProvider(app, superuser.token, { mappedFields: { avatarURL: 'avatar' } })
  provider = createFakeProvider()
  provider.answer(address, () => new Response(pictures.png))
  warnings = []
  vi.spyOn(console, 'warn').mockImplementation((entry) => void warnings.push(entry))
})
afterEach(() => {
  vi.restoreAllMocks()
})

async function signInAda(picture: string = address, body = {}): Promise<Answer> {
  const ada = { sub: 'ada-1', email: 'ada@example.com', email_verified: true, picture }
  return await signInWithCode(app, provider.codeFor(ada), body)
}

function recordOf({ status, body }: Answer): { id: string; avatar: string } {
  if (status !== 200) throw new Error(JSON.stringify(body))
  return (body as { record: { id: string; avatar: string } }).record
}

function askedFor(): string[] {
  return provider.requests.map(({ line }) => line).filter((line) => line.includes('cdn.'))
}

describe('the avatar of a provider’s user', () => {
  it('becomes a file of the new account', async ({ expect }) => {
    // Reads the changed collection.
    await app.get('/api/collections/users/auth-methods')

    const answer = await signInAda()

    const { id, avatar } = recordOf(answer)
    expect(avatar).toMatch(/^ada_[a-z0-9]{10}\.png$/)
    expect(await storedKeys()).toEqual([`_pb_users_auth_/${id}/${avatar}`])
    const object = await bindings.FILES.get(`_pb_users_auth_/${id}/${avatar}`)
    expect(new Uint8Array((await object?.arrayBuffer()) ?? new ArrayBuffer())).toEqual(pictures.png)
    // The keys are reserved in a separate batch.
    expect(tripsOf(answer)).toBe('4 batches, 0 reads, 1 write')
  })

  it('is not fetched for an existing account', async ({ expect }) => {
    const first = recordOf(await signInAda())
    const second = recordOf(await signInAda())

    expect(second).toEqual(first)
    expect(askedFor()).toEqual([`GET ${address}`])
  })

  it('is not fetched if the client sets the field, or no field is mapped', async ({ expect }) => {
    expect(recordOf(await signInAda(address, { createData: { avatar: '' } })).avatar).toBe('')
    expect(askedFor()).toEqual([])
  })

  it('follows redirects', async ({ expect }) => {
    const moved = 'https://cdn.example.com/moved'
    provider.answer(
      moved,
      () => new Response(null, { status: 302, headers: { Location: address } }),
    )

    expect(recordOf(await signInAda(moved)).avatar).toMatch(/^ada_/)
  })

  it.for([
    ['the address answers an error', () => new Response('', { status: 500 })],
    ['the address does not answer', () => Promise.reject(new Error('unreachable'))],
    ['it is no picture', () => new Response('<html></html>')],
    ['it is too large', () => new Response(new Uint8Array(5 * 2 ** 20 + 1))],
    [
      'the address leads on and on',
      () => new Response(null, { status: 302, headers: { Location: address } }),
    ],
    [
      'the address leads inside',
      () => new Response(null, { status: 302, headers: { Location: 'http://127.0.0.1/x.png' } }),
    ],
  ] as const)('is left out if %s, without failing the sign-in', async ([, answer], { expect }) => {
    provider.answer(address, answer)

    expect(recordOf(await signInAda()).avatar).toBe('')
    expect(await storedKeys()).toEqual([])
    expect(warnings).toHaveLength(1)
  })

  // A user may have chosen the URL, which must not make us request what only we can reach.
  it.for([
    'http://127.0.0.1/secret.png',
    'http://[::1]/secret.png',
    'http://[::ffff:10.0.0.1]/secret.png',
    'http://10.1.2.3/secret.png',
    'http://169.254.169.254/latest/meta-data',
    'http://0x7f000001/secret.png',
    'http://localhost/secret.png',
    'http://localhost./secret.png',
    'http://database.internal/secret.png',
    'http://database/secret.png',
    'https://user:word@cdn.example.com/people/ada.png',
    'file:///etc/passwd',
    'data:image/png;base64,AAAA',
    'no address',
  ])('is not fetched from %s', async (inner, { expect }) => {
    const before = provider.requests.length

    expect(recordOf(await signInAda(inner)).avatar).toBe('')
    // The requests for the token and the user only.
    expect(provider.requests).toHaveLength(before + 2)
    expect(warnings).toHaveLength(1)
  })

  it('leaves no file if no account is created', async ({ expect }) => {
    await changeCollection(app, superuser.token, 'users', { createRule: 'name = "none"' })

    const { status } = await signInAda()

    expect(status).toBe(400)
    expect(await storedKeys()).toEqual([])
  })
})
