import PocketBase, { ClientResponseError } from 'pocketbase'
import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { insertSuperuser, password } from '../support/accounts.ts'
import { codeOf } from '../support/authenticators.ts'
import { createTestApp, type TestApp } from '../support/test-app.ts'
import {
  beginAuthenticator,
  confirmAuthenticator,
  enterCode,
  enterRecoveryCode,
  listFactors,
  newRecoveryCodes,
  removeAuthenticator,
  signIn,
  signOut,
  withProof,
} from '../support/two-factor-guide.ts'

const email = 'ada@example.com'

let app: TestApp

beforeEach(async () => {
  app = createTestApp()
  vi.spyOn(globalThis, 'fetch').mockImplementation(app.fetch)
  await insertSuperuser()
  const admin = new PocketBase('http://127.0.0.1:8787').autoCancellation(false)
  await admin.collection('_superusers').authWithPassword('admin@example.com', password)
  await admin.collections.update('users', { security: { totp: { enabled: true } } })
  await admin.collection('users').create({ email, password, passwordConfirm: password })
  signOut()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

function later(seconds: number): void {
  vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] })
}

describe('the code of the guide to two factors', () => {
  it('enrols an authenticator, signs in with it and with a recovery code, and removes it', async ({
    expect,
  }) => {
    expect(await signIn(email, password)).toBeUndefined()
    const begun = await beginAuthenticator('Phone')
    const codes = (await confirmAuthenticator(begun.id, await codeOf(begun))) ?? []
    expect(codes).toHaveLength(10)
    signOut()
    later(60)

    const asked = await signIn(email, password)
    expect(asked?.methods).toEqual(['totp', 'recovery'])
    await enterCode(asked?.mfaId ?? '', await codeOf(begun))
    expect(await listFactors()).toMatchObject({ recoveryCodes: 10, required: false })
    signOut()

    const again = await signIn(email, password)
    await enterRecoveryCode(again?.mfaId ?? '', codes[0] ?? '')
    expect(await newRecoveryCodes()).toHaveLength(10)

    await removeAuthenticator(begun.id)
    expect(await listFactors()).toMatchObject({ items: [], recoveryCodes: 0 })
  })

  it('proves who is there when an action asks for it', async ({ expect }) => {
    await signIn(email, password)
    const begun = await beginAuthenticator('Phone')
    await confirmAuthenticator(begun.id, await codeOf(begun))
    later(3600)

    await expect(newRecoveryCodes()).rejects.toThrow(ClientResponseError)
    const codes = await withProof(newRecoveryCodes, () => codeOf(begun))

    expect(codes).toHaveLength(10)
  })
})
