import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { createCatalogCache } from '#catalog/catalog-cache.ts'
import { host } from '#test-host'
import { type SignedIn, signIn, signInSuperuser, signUp } from '../../support/accounts.ts'
import { archiveOf } from '../../support/archives.ts'
import { type Authenticator, challenge, codeOf, enrol } from '../../support/authenticators.ts'
import { bindings, resetBindings } from '../../support/bindings.ts'
import { changeCollection } from '../../support/collections.ts'
import { formOf } from '../../support/stored-files.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const email = 'ada@example.com'

// The step of a code must not end meanwhile.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

interface World {
  readonly app: TestApp
  readonly admin: SignedIn
  readonly phone: Authenticator
}

/** A deployment with an account that has an authenticator. */
async function createWorld(): Promise<World> {
  const app = createTestApp()
  const admin = await signInSuperuser(app)
  await changeCollection(app, admin.token, 'users', { security: { totp: { enabled: true } } })
  return { app, admin, phone: await enrol(app, await signUp(app, email)) }
}

/** The archive of a new backup. */
async function backUp({ app, admin }: World): Promise<ArrayBuffer> {
  const { status } = await app.post('/api/backups', { name: 'a.zip' }, admin)
  if (status !== 204) throw new Error(`The backup was answered with ${status}.`)
  const { body } = await app.post('/api/files/token', undefined, admin)
  const { token } = body as { token: string }
  const response = await app.fetch(`http://127.0.0.1:8787/api/backups/a.zip?token=${token}`)
  return await response.arrayBuffer()
}

/** Restores an archive in a new deployment. */
async function restoreElsewhere(archive: ArrayBuffer | Uint8Array<ArrayBuffer>): Promise<TestApp> {
  await resetBindings()
  const app = createTestApp()
  const admin = await signInSuperuser(app)
  const form = formOf(['file', new File([archive], 'b.zip')])
  await app.post('/api/backups/upload', form, admin)
  const { status } = await app.post('/api/backups/b.zip/restore', undefined, admin)
  if (status !== 204) throw new Error(`The restore was answered with ${status}.`)
  await host.backups.wait()
  return app
}

async function answer(app: TestApp, method: string, body: object): Promise<number> {
  return (await app.post(`/api/collections/users/auth-with-${method}`, body)).status
}

async function countOf(table: string): Promise<unknown> {
  return (await bindings.DB.prepare(`SELECT count(*) AS "n" FROM "${table}"`).first())?.['n']
}

describe('second factors', () => {
  it('come with a backup: the account is challenged, and its app and codes answer', async ({
    expect,
  }) => {
    const world = await createWorld()
    const { phone } = world

    const archive = await backUp(world)
    const before = await bindings.DB.prepare('SELECT * FROM "_totps"').first()
    const app = await restoreElsewhere(archive)

    const restored = await bindings.DB.prepare('SELECT * FROM "_totps"').first()
    expect(restored).toEqual({ ...before, secret: expect.stringMatching(/^enc:v1:/) })
    expect(restored?.['secret']).not.toBe(before?.['secret'])
    // The step that confirmed it is still used up.
    const code = await codeOf(phone)
    expect(await answer(app, 'totp', { mfaId: await challenge(app, email), code })).toBe(400)
    const next = await codeOf(phone, 1)
    expect(await answer(app, 'totp', { mfaId: await challenge(app, email), code: next })).toBe(200)
    const [recovery = ''] = phone.recoveryCodes
    const mfaId = await challenge(app, email)
    expect(await answer(app, 'recovery-code', { mfaId, code: recovery })).toBe(200)
    expect(await countOf('_recovery_codes')).toBe(phone.recoveryCodes.length - 1)
  })

  it('of accounts that are not in the backup are gone after a restore', async ({ expect }) => {
    const world = await createWorld()
    const { app, admin } = world
    await backUp(world)
    await enrol(app, await signUp(app, 'grace@example.com'))

    await app.post('/api/backups/a.zip/restore', undefined, admin)
    await host.backups.wait()

    expect(await countOf('_totps')).toBe(1)
    expect(await countOf('_recovery_codes')).toBe(10)
  })

  it('are not in older archives, which the report tells', async ({ expect }) => {
    await createWorld()
    const { collections, settings } = await createCatalogCache().current(bindings.DB)
    const definitions = collections.all.map(({ definition }) => definition)
    const archive = await archiveOf({
      'definitions.json': JSON.stringify(definitions),
      'settings.json': JSON.stringify(settings),
    })

    const app = await restoreElsewhere(new Uint8Array(archive))

    const admin = await signInSuperuser(app)
    const { body } = await app.get('/api/health', admin)
    expect(body).toMatchObject({
      data: {
        lastRestore: {
          outcome: 'done',
          leftOut: [{ reason: expect.stringContaining('a version without second factors') }],
        },
      },
    })
    expect(await countOf('_totps')).toBe(0)
  })

  it('stay encrypted in the database, and their accounts sign in as before', async ({ expect }) => {
    const world = await createWorld()
    const { app, admin, phone } = world
    await backUp(world)
    await bindings.DB.exec('DELETE FROM "_totps"')
    const unprotected = await signIn(app, 'users', email)

    await app.post('/api/backups/a.zip/restore', undefined, admin)
    await host.backups.wait()

    expect(unprotected.token).toBeTypeOf('string')
    const { results } = await bindings.DB.prepare('SELECT * FROM "_totps"').all()
    expect(JSON.stringify(results)).not.toContain(phone.secret)
    const mfaId = await challenge(app, email)
    expect(await answer(app, 'totp', { mfaId, code: await codeOf(phone, 1) })).toBe(200)
  })
})
