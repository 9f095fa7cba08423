import { describe, it } from 'vitest'
import { signInSuperuser } from '../support/accounts.ts'
import { createCollections } from '../support/collections.ts'
import { createTestApp } from '../support/test-app.ts'

// Node's SQLite does not count the rows that it reads.
describe('the cost of a request', () => {
  it('is logged: the rows that it reads', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    await createCollections(app, token, { name: 'notes' })
    for (let n = 0; n < 20; n++) await app.post('/api/collections/notes/records', {})
    await app.writeLogs()

    await app.get('/api/collections/notes/records?perPage=1&filter=id!="x"')
    await app.writeLogs()

    const { body } = await app.get('/api/logs?sort=-created&perPage=1&filter=data.method="GET"', {
      token,
    })
    const [list] = (body as { items: { data: Record<string, unknown> }[] }).items
    expect(Number(list?.data['d1RowsRead'])).toBeGreaterThanOrEqual(20)
  })
})
