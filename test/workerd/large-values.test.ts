import { describe, it } from 'vitest'
import { signInSuperuser } from '../support/accounts.ts'
import { bindings } from '../support/bindings.ts'
import { createCollections, createRecords } from '../support/collections.ts'
import { createTestApp } from '../support/test-app.ts'

// Only Cloudflare's local runtime stores a value that D1 refuses in production.
describe('a backup', () => {
  it('reports a value that a restore cannot store', async ({ expect }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    await createCollections(app, token, {
      name: 'docs',
      fields: [{ type: 'text', name: 'title' }],
    })
    await createRecords(app, token, 'docs', { id: 'large0000000000', title: 'x' })
    await bindings.DB.exec('UPDATE docs SET title = CAST(zeroblob(2000001) AS TEXT)')

    await app.post('/api/backups', { name: 'a.zip' }, { token })

    const { body } = await app.get('/api/health', { token })
    expect(body).toMatchObject({
      data: {
        lastBackup: {
          outcome: 'done',
          leftOut: [
            {
              collection: 'docs',
              id: 'large0000000000',
              field: 'title',
              reason: expect.stringContaining('2 MB'),
            },
          ],
        },
      },
    })
  })
})
