import { describe, it } from 'vitest'
import { signInSuperuser } from '../support/accounts.ts'
import { bindings } from '../support/bindings.ts'
import { createRecords } from '../support/collections.ts'
import { createTestApp } from '../support/test-app.ts'

const definition = (...names: readonly string[]) => ({
  collections: [
    { name: 'posts', type: 'base', fields: names.map((name) => ({ type: 'text', name })) },
  ],
})

describe('the bookmark of D1', () => {
  it('is from before a change that loses values, and after the push before it', async ({
    expect,
  }) => {
    const app = createTestApp()
    const { token } = await signInSuperuser(app)
    const push = async (body: object) => {
      const plan = await app.post('/api/schema/plan', body, { token })
      const { revision } = plan.body as { revision: number }
      const answer = await app.post('/api/schema/apply', { ...body, revision }, { token })
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
    }
    await push(definition('title', 'subtitle'))
    await createRecords(app, token, 'posts', { title: 'a', subtitle: 'b' })
    const session = bindings.DB.withSession('first-primary')
    await session.prepare('SELECT 1').run()
    const written = session.getBookmark() ?? ''

    await push({ ...definition('title'), allow: ['drop:posts.subtitle'] })

    const { body } = await app.get('/api/schema/history', { token })
    const [second, first] = (body as { items: { bookmark: string }[] }).items
    const later = bindings.DB.withSession('first-primary')
    await later.prepare('SELECT 1').run()
    // Bookmarks are ordered as texts.
    expect(second?.bookmark).toMatch(/^[0-9a-f]{8}-/)
    expect((first?.bookmark ?? '') < written).toBe(true)
    expect(written <= (second?.bookmark ?? '')).toBe(true)
    expect((second?.bookmark ?? '') < (later.getBookmark() ?? '')).toBe(true)
  })
})
