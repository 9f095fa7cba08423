import { describe, it } from 'vitest'
import { signInSuperuser } from '../support/accounts.ts'
import { createCollections } from '../support/collections.ts'
import { createTestApp } from '../support/test-app.ts'

// SQLite as Node builds it does not count the rows that it reads.
describe('the rows that a request reads', () => {
  it('are in no log entry and no summary, rather than 0', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    await createCollections(app, token, { name: 'notes' })
    await app.writeLogs()

    await app.get('/api/collections/notes/records')
    await app.writeLogs()

    const filter = encodeURIComponent('data.url="/api/collections/notes/records"')
    const entries = await app.get(`/api/logs?filter=${filter}`, { token })
    const { items } = entries.body as { items: { data: Record<string, unknown> }[] }
    expect(items.map(({ data }) => 'd1RowsRead' in data)).toEqual([false])
    const summary = await app.get(`/api/logs/summary?filter=${filter}`, { token })
    expect(summary.status, JSON.stringify(summary.body)).toBe(200)
    const { routes } = summary.body as { routes: object[] }
    expect(routes.map((route) => 'rowsRead' in route)).toEqual([false])
  })
})
