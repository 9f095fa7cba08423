import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { signInSuperuser, signUp } from '../../support/accounts.ts'
import { challenge, codeOf, enrol } from '../../support/authenticators.ts'
import { changeCollection } from '../../support/collections.ts'
import { currentDocument, documentedApp } from '../../support/documented-app.ts'
import { schemaFaults } from '../../support/document-faults.ts'
import type { DocumentSchema } from '../../support/schema-requests.ts'
import { createTestApp } from '../../support/test-app.ts'
import { createReceiver } from '../../support/webhook-receiver.ts'
import { bodyOf, createWebhookWorld, receiverUrl } from '../../support/webhooks.ts'

/*
 * Requests that belong together, and that a fuzzer does not find. Each answer is compared with the
 * document.
 */

const users = '/api/collections/users'

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

afterEach(() => {
  vi.restoreAllMocks()
})

describe('the document', () => {
  it('describes a webhook from its creation to its deletion', async ({ expect }) => {
    const receiver = createReceiver()
    const world = await createWebhookWorld({}, { webhooks: receiver.sender })
    const { app, faults } = documentedApp(world.app)
    const { token } = world
    receiver.answer = () => 500

    const made = { name: 'hook', url: receiverUrl, collection: 'posts', headers: { 'X-Key': 'a' } }
    const { id } = bodyOf(await app.post('/api/webhooks', made, { token }))
    const hook = `/api/webhooks/${String(id)}`
    await app.post('/api/collections/posts/records', { title: 'Hello' }, { token })
    const log = await app.get(`${hook}/deliveries`, { token })
    const [delivery] = bodyOf(log)['items'] as { readonly id: string }[]
    const last = await Promise.all([
      app.get('/api/webhooks', { token }),
      app.get(hook, { token }),
      app.patch(hook, { fields: ['title'] }, { token }),
      app.post(`${hook}/rotate`, { keepSeconds: 60 }, { token }),
      app.post(`${hook}/test`, undefined, { token }),
      app.get(`/api/webhooks/deliveries/${delivery?.id}`, { token }),
      app.post(`/api/webhooks/deliveries/${delivery?.id}/replay`, undefined, { token }),
      app.post(`${hook}/replay`, { state: 'waiting' }, { token }),
    ])
    const deleted = await app.delete(hook, { token })

    expect(last.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200, 202, 202])
    expect(deleted.status).toBe(204)
    expect(await faults()).toEqual([])
  })

  it('describes what a webhook receives', async ({ expect }) => {
    const receiver = createReceiver()
    const world = await createWebhookWorld({}, { webhooks: receiver.sender })
    const { app, token } = world
    await world.subscribe()
    await world.subscribe({ payload: 'thin' })
    await world.subscribe({ fields: ['title'] })
    const posts = '/api/collections/posts/records'

    const { id } = bodyOf(await app.post(posts, { title: 'A', extra: { a: [1] } }, { token }))
    await app.patch(`${posts}/${String(id)}`, { title: 'B', secret: 'x' }, { token })
    await app.patch(`${posts}/${String(id)}`, { extra: 'y'.repeat(30_000) }, { token })
    await app.delete(`${posts}/${String(id)}`, { token })

    const document = await currentDocument()
    const schema = document.components['schemas']?.['posts.event'] as DocumentSchema
    const told = receiver.arrivals.map(({ event }) => event)
    expect(document.webhooks?.['posts.changed']).toBeDefined()
    expect(told).toHaveLength(12)
    expect(told.flatMap((event) => schemaFaults(document, schema, event))).toEqual([])
  })

  it('describes second factors, from the first to the last', async ({ expect }) => {
    const plain = createTestApp()
    const admin = await signInSuperuser(plain)
    const change = { security: { totp: { enabled: true } } }
    await changeCollection(plain, admin.token, 'users', change)
    const user = await signUp(plain, 'user@example.com')
    const { app, faults } = documentedApp(plain)

    const phone = await enrol(app, user)
    const { token } = phone.owner
    const named = await app.patch(`${users}/factors/${phone.id}`, { name: 'New' }, { token })
    const listed = await app.get(`${users}/factors`, { token })
    const codes = await app.post(`${users}/factors/recovery-codes`, undefined, { token })
    const [code] = bodyOf(codes)['recoveryCodes'] as string[]
    const proof = { method: 'totp', code: await codeOf(phone, 1) }
    const proved = await app.post(`${users}/step-up`, proof, { token })
    const mfaId = await challenge(app, 'user@example.com')
    const wrong = await app.post(`${users}/auth-with-totp`, { mfaId, code: '000' })
    const signedIn = await app.post(`${users}/auth-with-recovery-code`, { mfaId, code })
    const again = { token: String(bodyOf(signedIn)['token']) }
    const removed = await app.delete(`${users}/factors/${phone.id}`, again)

    expect([named, listed, codes, proved, signedIn].map(({ status }) => status)).toEqual(
      Array.from({ length: 5 }, () => 200),
    )
    expect([wrong.status, removed.status]).toEqual([400, 204])
    expect(await faults()).toEqual([])
  })
})
