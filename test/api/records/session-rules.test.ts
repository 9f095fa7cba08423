import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { decodeJwt } from 'jose'
import { password, type SignedIn, signIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { codeOf, enrol } from '../../support/authenticators.ts'
import { changeCollection, createCollections, createRecords } from '../../support/collections.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const notes = '/api/collections/notes/records'
const users = '/api/collections/users'

let app: TestApp
let superuser: SignedIn
let ada: SignedIn

beforeEach(async () => {
  app = createTestApp()
  superuser = await signInSuperuser(app)
  await app.patch('/api/settings', { rateLimits: { enabled: false } }, { token: superuser.token })
  const security = { security: { totp: { enabled: true } } }
  await changeCollection(app, superuser.token, 'users', security)
  const fields = [{ name: 'title', type: 'text' }]
  await createCollections(app, superuser.token, { name: 'notes', type: 'base', fields })
  await createRecords(app, superuser.token, 'notes', { title: 'a' })
  ada = await signUp(app, 'ada@example.com')
})
afterEach(() => {
  vi.useRealTimers()
})

function later(seconds: number): void {
  vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] })
}

/** The number of notes that a list has under a rule. */
async function seen(token?: string): Promise<number> {
  const { body } = await app.get(notes, token === undefined ? {} : { token })
  return (body as { items: unknown[] }).items.length
}

async function setRule(listRule: string): Promise<void> {
  await changeCollection(app, superuser.token, 'notes', { listRule })
}

async function impersonated(): Promise<string> {
  const { body } = await app.post(`${users}/impersonate/${ada.id}`, {}, superuser)
  return (body as { token: string }).token
}

describe('@request.session in a rule', () => {
  it('has the age of the newest proof, for each request', async ({ expect }) => {
    await setRule('@request.session.age < 300')
    const other = await signIn(app, 'users', 'ada@example.com')

    expect([await seen(ada.token), await seen(other.token), await seen()]).toEqual([1, 1, 0])
    later(301)
    const fresh = await signIn(app, 'users', 'ada@example.com')

    // The plan that served the stale session serves the fresh one, with its own values.
    expect([await seen(ada.token), await seen(fresh.token)]).toEqual([0, 1])
    expect([await seen(fresh.token), await seen(other.token)]).toEqual([1, 0])
  })

  it('has no recent proof by a clock that was ahead', async ({ expect }) => {
    await setRule('@request.session.age < 300')
    later(3600)
    const ahead = await signIn(app, 'users', 'ada@example.com')
    const before = await seen(ahead.token)

    vi.useRealTimers()

    expect([before, await seen(ahead.token)]).toEqual([1, 0])
  })

  it('has the level and the age of the second factor', async ({ expect }) => {
    await setRule('@request.session.level = 2 && @request.session.mfaAge < 300')
    const before = await seen(ada.token)
    const { owner } = await enrol(app, ada)

    expect([before, await seen(owner.token), await seen(ada.token)]).toEqual([0, 1, 0])
    later(301)
    expect(await seen(owner.token)).toBe(0)
  })

  it('has level 0 and no age in an impersonated session', async ({ expect }) => {
    const token = await impersonated()

    await setRule("@request.session.kind = 'impersonation' && @request.session.level = 0")
    expect([await seen(token), await seen(ada.token)]).toEqual([1, 0])
    await setRule('@request.session.age >= 0')
    expect([await seen(token), await seen(ada.token)]).toEqual([0, 1])
  })

  it('has the methods, as a list', async ({ expect }) => {
    const phone = await enrol(app, ada)

    await setRule("@request.session.methods:each ?= 'totp'")
    expect([await seen(phone.owner.token), await seen(ada.token), await seen()]).toEqual([1, 0, 0])
    await setRule('@request.session.methods:length = 2')
    expect([await seen(phone.owner.token), await seen(ada.token), await seen()]).toEqual([1, 0, 0])
    await setRule("@request.session.methods ~ 'password'")
    expect([await seen(phone.owner.token), await seen(ada.token), await seen()]).toEqual([1, 1, 0])
  })

  it('has the id of the session', async ({ expect }) => {
    await setRule(`@request.session.id = '${String(decodeJwt(ada.token)['sid'])}'`)
    const other = await signIn(app, 'users', 'ada@example.com')

    expect([await seen(ada.token), await seen(other.token), await seen()]).toEqual([1, 0, 0])
  })

  it('guards writes, for one field if the rule says so', async ({ expect }) => {
    const rule = '@request.body.title:changed = false || @request.session.age < 300'
    const deleteRule = '@request.session.level = 2'
    await changeCollection(app, superuser.token, 'notes', { updateRule: rule, deleteRule })
    const { body } = await app.get(notes)
    const path = `${notes}/${(body as { items: { id: string }[] }).items[0]?.id}`
    const change = { title: 'b' }

    expect((await app.patch(path, change, ada)).status).toBe(200)
    expect((await app.delete(path, ada)).status).toBe(404)
    later(301)
    expect((await app.patch(path, { title: 'c' }, ada)).status).toBe(404)
    const step = await app.post(`${users}/step-up`, { method: 'password', password }, ada)
    const { token } = step.body as { token: string }
    expect((await app.patch(path, { title: 'c' }, { token })).status).toBe(200)
  })

  it('is renewed by a step-up with a code', async ({ expect }) => {
    await setRule('@request.session.mfaAge < 300')
    const phone = await enrol(app, ada)
    later(3600)
    const body = { method: 'totp', code: await codeOf(phone) }

    const answer = await app.post(`${users}/step-up`, body, { token: phone.owner.token })

    const { token } = answer.body as { token: string }
    expect([await seen(phone.owner.token), await seen(token)]).toEqual([0, 1])
  })

  const faults = [
    '@request.session.color = 1',
    '@request.session.age.x = 1',
    '@request.session = 1',
    '@request.session.methods:lower = 1',
    '@request.session.level:each ?= 1',
  ]
  for (const listRule of faults) {
    it(`is refused when it is saved: ${listRule}`, async ({ expect }) => {
      const { status, body } = await app.patch('/api/collections/notes', { listRule }, superuser)

      expect(status).toBe(400)
      expect(body).toMatchObject({ data: { listRule: { code: 'validation_invalid_rule' } } })
    })
  }

  it('is not for filters of clients', async ({ expect }) => {
    const filter = encodeURIComponent('@request.session.level = 1')

    expect((await app.get(`${notes}?filter=${filter}`, ada)).status).toBe(403)
  })
})
