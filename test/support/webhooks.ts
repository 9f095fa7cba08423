import { signIn, signInSuperuser } from './accounts.ts'
import { createCollections } from './collections.ts'
import { type Answer, createTestApp, type TestApp } from './test-app.ts'
import type { Host } from '#app.ts'
import type { bindings } from './bindings.ts'

/** A deployment with a collection of posts and comments on them, and its superuser. */
export interface WebhookWorld {
  readonly app: TestApp
  readonly token: string
  /** Creates a webhook and returns it. */
  subscribe(changes?: Readonly<Record<string, unknown>>): Promise<CreatedWebhook>
}

export interface CreatedWebhook {
  readonly id: string
  readonly secret: string
  readonly [member: string]: unknown
}

export const receiverUrl = 'https://receiver.example.com/hook'

export async function createWebhookWorld(
  overrides: Partial<typeof bindings> = {},
  host: Partial<Host> = {},
): Promise<WebhookWorld> {
  const app = createTestApp(overrides, host)
  const first = await signInSuperuser(app)
  // Tests pass days.
  const authToken = { duration: 60 * 24 * 60 * 60 }
  await app.patch('/api/collections/_superusers', { authToken }, first)
  const { token } = await signIn(app, '_superusers', 'admin@example.com')
  const settings = { batch: { enabled: true }, rateLimits: { enabled: false } }
  await app.patch('/api/settings', settings, { token })
  await createCollections(
    app,
    token,
    {
      id: 'pbc_posts',
      name: 'posts',
      fields: [
        { type: 'text', name: 'title' },
        { type: 'text', name: 'secret', hidden: true },
        { type: 'select', name: 'status', values: ['draft', 'open'] },
        { type: 'number', name: 'views' },
        { type: 'bool', name: 'pinned' },
        { type: 'json', name: 'extra' },
      ],
    },
    {
      name: 'comments',
      fields: [
        { type: 'text', name: 'text' },
        { type: 'relation', name: 'post', collectionId: 'pbc_posts', cascadeDelete: true },
        { type: 'relation', name: 'about', collectionId: 'pbc_posts', maxSelect: 5 },
      ],
    },
  )
  return {
    app,
    token,
    subscribe: async (changes = {}) => {
      const body = { name: 'hook', url: receiverUrl, collection: 'posts', ...changes }
      const answer = await app.post('/api/webhooks', body, { token })
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
      return answer.body as CreatedWebhook
    },
  }
}

/** The body of an answer, as an object. */
export function bodyOf(answer: Answer): Record<string, unknown> {
  return answer.body as Record<string, unknown>
}
