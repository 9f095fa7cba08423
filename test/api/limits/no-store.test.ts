import { describe, it } from 'vitest'
import { signInSuperuser, signUp } from '../../support/accounts.ts'
import { createTestApp } from '../../support/test-app.ts'

describe('a response to a token', () => {
  it('is never cached', async ({ expect }) => {
    const app = createTestApp()
    const admin = await signInSuperuser(app)
    const user = await signUp(app, 'ada@example.com')

    const answers = [
      await app.get('/api/collections', admin),
      await app.get('/api/settings', user),
      await app.get('/api/nowhere', user),
      await app.get('/api/health', admin),
      await app.get('/api/backups/none.zip?token=x'),
      await app.post('/api/files/token', undefined, user),
    ]

    for (const { headers } of answers) expect(headers.get('cache-control')).toContain('no-store')
  })

  it('may keep records, for its caller alone, if it asks each time', async ({ expect }) => {
    const app = createTestApp()
    const user = await signUp(app, 'ada@example.com')

    const answers = [
      await app.get(`/api/collections/users/records/${user.id}`, user),
      await app.get('/api/collections/users/records', user),
    ]

    for (const { headers } of answers) {
      expect(headers.get('cache-control')).toBe('private, no-cache')
      expect(headers.get('vary')).toBe('Origin, Authorization')
    }
  })

  it('does not change responses to guests', async ({ expect }) => {
    const { headers } = await createTestApp().get('/api/health')

    expect(headers.has('cache-control')).toBe(false)
  })
})
