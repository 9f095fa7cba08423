import { describe, it } from 'vitest'
import { signInSuperuser } from '../../support/accounts.ts'
import { createCollections, createRecords } from '../../support/collections.ts'
import { createTestApp } from '../../support/test-app.ts'

async function start(source: string) {
  const app = createTestApp()
  const { token } = await signInSuperuser(app)
  await createCollections(app, token, { name: 'posts', fields: [] })
  const settings = await app.patch('/api/settings', { arete: { schema: { source } } }, { token })
  return { app, token, settings }
}

const kept = { status: 403, body: { message: 'Definitions of this deployment are kept in code.' } }

describe('arete.schema.source', () => {
  it('lets only plans change definitions while it is code', async ({ expect }) => {
    const { app, token } = await start('code')
    const importing = { collections: [{ name: 'other', type: 'base' }] }
    const { body } = await app.post('/api/schema/plan', importing, { token })
    const { revision } = body as { revision: number }

    const refused = await Promise.all([
      app.post('/api/collections', { name: 'other', type: 'base' }, { token }),
      app.patch('/api/collections/posts', { listRule: null }, { token }),
      app.delete('/api/collections/posts', { token }),
      app.request('PUT', '/api/collections/import', { token, body: importing }),
      app.post('/api/schema/apply', { ...importing, revision, source: 'dashboard' }, { token }),
    ])
    const applied = await app.post('/api/schema/apply', { ...importing, revision }, { token })

    for (const answer of refused) expect(answer).toMatchObject(kept)
    expect(applied.status).toBe(200)
    await createRecords(app, token, 'posts', {})
    const guest = await app.post('/api/collections', { name: 'other', type: 'base' })
    expect(guest.status).toBe(401)
  })

  it.for(['dashboard', 'shared'])('changes nothing while it is %s', async (source, { expect }) => {
    const { app, token, settings } = await start(source)

    const answer = await app.patch('/api/collections/posts', { listRule: null }, { token })

    expect(answer.status).toBe(200)
    expect('arete' in (settings.body as object)).toBe(source !== 'dashboard')
  })

  it('has no other value', async ({ expect }) => {
    const { settings } = await start('elsewhere')

    expect(settings).toMatchObject({
      status: 400,
      body: { data: { arete: { schema: { source: { code: 'validation_in_invalid' } } } } },
    })
  })
})
