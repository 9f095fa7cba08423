import { beforeEach, describe, it } from 'vitest'
import { password, type SignedIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const email = 'ada@example.com'

let app: TestApp
let superuser: SignedIn
let ada: SignedIn

/** The data of an account besides its row. */
interface Belongings {
  readonly _otps: number
  readonly _mfas: number
  readonly _authOrigins: number
  readonly _externalAuths: number
}

const all: Belongings = { _otps: 1, _mfas: 1, _authOrigins: 1, _externalAuths: 1 }

const fields: Readonly<Record<keyof Belongings, object>> = {
  _otps: { password: '123456' },
  _mfas: { method: 'password' },
  _authOrigins: { fingerprint: 'x' },
  _externalAuths: { provider: 'google', providerId: '1' },
}

beforeEach(async () => {
  app = createTestApp()
  superuser = await signInSuperuser(app)
  ada = await signUp(app, email)
  await bindings.DB.prepare('DELETE FROM "_authOrigins"').run()
  const { id: other } = await signUp(app, 'other@example.com')
  await bindings.DB.prepare('DELETE FROM "_authOrigins"').run()
  for (const [collection, own] of Object.entries(fields)) {
    for (const recordRef of [ada.id, other]) {
      const unique = collection === '_externalAuths' ? { providerId: recordRef } : {}
      const record = { collectionRef: '_pb_users_auth_', recordRef, ...own, ...unique }
      const path = `/api/collections/${collection}/records`
      await app.post(path, record, { token: superuser.token })
    }
  }
})

/** The data of both accounts; the other's must never change. */
async function belongings(): Promise<{ own: Belongings; others: number }> {
  const counts: Record<string, number> = {}
  let others = 0
  for (const table of Object.keys(all)) {
    const { results } = await bindings.DB.prepare(`SELECT "recordRef" FROM "${table}"`).all()
    counts[table] = results.filter(({ recordRef }) => recordRef === ada.id).length
    others += results.length - counts[table]
  }
  return { own: counts as unknown as Belongings, others }
}

function tokenKey(): Promise<unknown> {
  const select = 'SELECT "tokenKey" FROM "users" WHERE "id" = ?'
  return bindings.DB.prepare(select).bind(ada.id).first('tokenKey')
}

function passwords(text: string): object {
  return { password: text, passwordConfirm: text }
}

const cases = [
  {
    name: 'a new password',
    change: passwords('another-password'),
    left: { ...all, _otps: 0, _mfas: 0, _authOrigins: 0 },
    isNewKey: true,
  },
  {
    name: 'the same password again',
    change: passwords(password),
    left: { ...all, _otps: 0, _mfas: 0, _authOrigins: 0 },
    isNewKey: true,
  },
  {
    name: 'a new address',
    change: { email: 'new@example.com' },
    left: { ...all, _otps: 0 },
    isNewKey: true,
  },
  { name: 'the same address', change: { email }, left: all, isNewKey: false },
  {
    name: 'a verified address',
    change: { verified: true },
    left: { ...all, _otps: 0, _externalAuths: 0 },
    isNewKey: true,
  },
  {
    name: 'an address that stays unverified',
    change: { verified: false },
    left: all,
    isNewKey: false,
  },
  {
    name: 'a token key',
    change: { tokenKey: 'k'.repeat(50) },
    left: { ...all, _otps: 0 },
    isNewKey: true,
  },
  {
    name: 'a generated token key',
    change: { 'tokenKey:autogenerate': '' },
    left: { ...all, _otps: 0 },
    isNewKey: true,
  },
  { name: 'anything else', change: { name: 'Ada' }, left: all, isNewKey: false },
]

describe('the data of an account', () => {
  it.for(cases)('after $name', async ({ change, left, isNewKey }, { expect }) => {
    const before = await tokenKey()

    const path = `/api/collections/users/records/${ada.id}`
    const answer = await app.patch(path, change, { token: superuser.token })

    expect(answer.status).toBe(200)
    expect(await belongings()).toEqual({ own: left, others: 4 })
    expect((await tokenKey()) !== before).toBe(isNewKey)
  })

  it('is deleted with it', async ({ expect }) => {
    const path = `/api/collections/users/records/${ada.id}`
    await app.delete(path, { token: superuser.token })

    const own = { _otps: 0, _mfas: 0, _authOrigins: 0, _externalAuths: 0 }
    expect(await belongings()).toEqual({ own, others: 4 })
  })
})
