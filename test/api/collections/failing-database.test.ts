import { describe, it, vi } from 'vitest'
import { signInSuperuser, type SignedIn } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createCollections, createRecords } from '../../support/collections.ts'
import { schemaOf } from '../../support/schema.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

const path = '/api/collections'

const title = { id: 'title_id', name: 'title', type: 'text' }
const tags = { id: 'tags_id', name: 'tags', type: 'select', values: ['a', 'b'], maxSelect: 1 }
const size = { id: 'size_id', name: 'size', type: 'number' }
const note = { id: 'note_id', name: 'note', type: 'text' }

const posts = {
  name: 'posts',
  fields: [title, tags, size, note],
  indexes: ['CREATE INDEX `idx_title` ON `posts` (`title`)'],
}
const titles = { name: 'titles', type: 'view', viewQuery: 'SELECT id, title FROM posts' }

/** Renamed, with a field renamed, one converted, one dropped and one added, and another index. */
const changedPosts = {
  name: 'articles',
  fields: [
    title,
    { ...tags, maxSelect: 2 },
    { ...size, name: 'weight' },
    { name: 'rank', type: 'number' },
  ],
  indexes: ['CREATE UNIQUE INDEX `idx_other` ON `articles` (`title`)'],
}

/** Two records, a view on them, and a rate limit with their collection. */
async function createWorld(): Promise<{ app: TestApp; admin: SignedIn }> {
  const app = createTestApp()
  const admin = await signInSuperuser(app)
  const limit = { label: 'posts:create', audience: '', duration: 60, maxRequests: 99 }
  await createCollections(app, admin.token, posts, titles)
  await createRecords(app, admin.token, 'posts', { title: 'one', tags: 'a' }, { title: 'two' })
  await app.patch('/api/settings', { rateLimits: { rules: [limit] } }, admin)
  return { app, admin }
}

/** Changes of definitions, each with everything its kind can change. */
const changes: readonly {
  readonly name: string
  send(app: TestApp, admin: SignedIn): Promise<Answer>
}[] = [
  {
    name: 'a new collection',
    send: (app, admin) => app.post(path, { name: 'members', type: 'auth', fields: [title] }, admin),
  },
  {
    name: 'a changed collection',
    send: (app, admin) => app.patch(`${path}/posts`, changedPosts, admin),
  },
  {
    name: 'a changed view',
    send: (app, admin) =>
      app.patch(
        `${path}/titles`,
        { name: 'sizes', viewQuery: 'SELECT id, size FROM posts' },
        admin,
      ),
  },
  {
    name: 'a deleted view',
    send: (app, admin) => app.delete(`${path}/titles`, admin),
  },
  {
    name: 'a deleted collection',
    send: (app, admin) => app.delete(`${path}/users`, admin),
  },
  {
    name: 'a truncated collection',
    send: (app, admin) => app.delete(`${path}/posts/truncate`, admin),
  },
  {
    name: 'an import',
    send: (app, admin) =>
      app.request('PUT', `${path}/import`, {
        ...admin,
        body: {
          collections: [
            { id: 'posts_id', ...changedPosts },
            { name: 'more', type: 'base' },
          ],
          deleteMissing: true,
        },
      }),
  },
]

/**
 * A database whose writing batches fail before a statement, and the number of statements in the
 * last.
 */
function breakingAt(position: number): { DB: D1Database; statements(): number } {
  const texts = new WeakMap<object, string>()
  let statements = 0
  const marked = (prepared: D1PreparedStatement, text: string): D1PreparedStatement => {
    texts.set(prepared, text)
    return prepared
  }
  const DB = {
    prepare: (text: string) =>
      Object.assign(marked(bindings.DB.prepare(text), text), {
        bind: (...values: unknown[]) => marked(bindings.DB.prepare(text).bind(...values), text),
      }),
    batch: async (batch: D1PreparedStatement[]) => {
      const isWriting = batch.some((each) => /^(?!SELECT)/.test(texts.get(each) ?? ''))
      if (!isWriting) return await bindings.DB.batch(batch)
      statements = batch.length
      const broken = bindings.DB.prepare("SELECT json('broken')")
      return await bindings.DB.batch(batch.toSpliced(position, 0, broken))
    },
  }
  return { DB: DB as unknown as D1Database, statements: () => statements }
}

async function everything(): Promise<unknown> {
  const tables = ['posts', 'titles', 'users', '_cascade', '_superusers']
  const rows = await bindings.DB.batch(
    tables.map((table) => bindings.DB.prepare(`SELECT * FROM "${table}" ORDER BY "rowid"`)),
  )
  return [await schemaOf(bindings.DB), rows.map(({ results }) => results)]
}

describe('a failing change of definitions', () => {
  it.for(changes)('changes nothing at any statement: $name', async ({ send }, { expect }) => {
    const log = vi.spyOn(console, 'error').mockReturnValue()
    const { app, admin } = await createWorld()
    const before = await everything()

    let statements = 0
    for (let position = 0; position <= statements; position++) {
      const database = breakingAt(position)
      const answer = await send(createTestApp({ DB: database.DB }), admin)
      statements = database.statements()

      expect(answer.status, `at statement ${position}`).toBeGreaterThanOrEqual(400)
      expect(await everything(), `at statement ${position}`).toEqual(before)
    }

    expect(statements).toBeGreaterThan(2)
    expect((await send(app, admin)).status).toBeLessThan(300)
    expect(await everything().catch(() => 'another schema')).not.toEqual(before)
    log.mockRestore()
  })
})
