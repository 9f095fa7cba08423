import PocketBase, { ClientResponseError } from 'pocketbase'
import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { insertSuperuser, password } from '../support/accounts.ts'
import { codeIn } from '../support/one-time-codes.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'

const email = 'ada@example.com'

let app: TestApp
let client: PocketBase
let admin: PocketBase

/** The official client with its own store. */
function createClient(): PocketBase {
  return new PocketBase('http://127.0.0.1:8787').autoCancellation(false)
}

beforeEach(async () => {
  app = createTestApp()
  vi.spyOn(globalThis, 'fetch').mockImplementation(app.fetch)
  client = createClient()
  admin = createClient()
  await insertSuperuser()
  await admin.collection('_superusers').authWithPassword('admin@example.com', password)
  await admin.collections.update('users', { otp: { enabled: true } })
  await client.collection('users').create({ email, password, passwordConfirm: password })
})
afterEach(() => {
  vi.restoreAllMocks()
})

/** Catches the challenge of a first factor as in PocketBase's documentation. */
async function challengeOf(signIn: Promise<unknown>): Promise<string> {
  try {
    await signIn
  } catch (error) {
    if (error instanceof ClientResponseError) return String(error.response['mfaId'])
    throw error
  }
  throw new Error('One factor was enough.')
}

describe('the official client', () => {
  it('lists one-time codes and MFA among the methods', async ({ expect }) => {
    await admin.collections.update('users', { mfa: { enabled: true, duration: 120 } })

    const methods = await client.collection('users').listAuthMethods()

    expect(methods.otp).toEqual({ enabled: true, duration: 180 })
    expect(methods.mfa).toEqual({ enabled: true, duration: 120 })
  })

  it('signs in with a code', async ({ expect }) => {
    const { otpId } = await client.collection('users').requestOTP(email)

    const code = codeIn(app.mailbox.last())
    const { record } = await client.collection('users').authWithOTP(otpId, code)

    expect(record['verified']).toBe(true)
    expect(client.authStore.isValid).toBe(true)
    expect((await client.collection('users').authRefresh()).record.id).toBe(record.id)
  })

  it('signs in with a password and a code', async ({ expect }) => {
    await admin.collections.update('users', { mfa: { enabled: true } })

    const mfaId = await challengeOf(client.collection('users').authWithPassword(email, password))
    const { otpId } = await client.collection('users').requestOTP(email)
    const code = codeIn(app.mailbox.last())
    expect(client.authStore.isValid).toBe(false)
    await client.collection('users').authWithOTP(otpId, code, { mfaId })

    expect(client.authStore.record?.['email']).toBe(email)
  })

  it('lists the auth origins of its account and deletes one', async ({ expect }) => {
    await client.collection('users').authWithPassword(email, password)

    const origins = await client.collection('_authOrigins').getFullList()
    await client.collection('_authOrigins').delete(origins[0]?.id ?? '')

    expect(origins).toHaveLength(1)
    expect(await client.collection('_authOrigins').getFullList()).toEqual([])
  })
})
