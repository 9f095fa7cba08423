import type { CollectionHooks, AppDefinition } from '#extension/index.ts'
import { type SignedIn, signInSuperuser, signUp } from './accounts.ts'
import { createCollections } from './collections.ts'
import { createExtendedApp } from './extended-app.ts'
import { createTestApp, type TestApp } from './test-app.ts'
import type { Host } from '#app.ts'

/** A deployment whose application has hooks. */
export interface HookedWorld {
  readonly app: TestApp
  readonly admin: SignedIn
  readonly ann: SignedIn
  /** Creates a note as a superuser, and returns its id. */
  note(data: Readonly<Record<string, unknown>>): Promise<string>
}

export const notes = '/api/collections/notes/records'

/** Creates a deployment with notes that everyone can read and signed-in accounts can write. */
export async function createHookedWorld(
  hooks: Readonly<Record<string, CollectionHooks>>,
  more: AppDefinition = {},
  host: Partial<Host> = {},
): Promise<HookedWorld> {
  const plain = createTestApp()
  const admin = await signInSuperuser(plain)
  await createCollections(plain, admin.token, {
    name: 'notes',
    fields: [
      { type: 'text', name: 'title' },
      { type: 'number', name: 'pay' },
      { type: 'text', name: 'secret', hidden: true },
      { type: 'relation', name: 'owner', collectionId: '_pb_users_auth_' },
      { type: 'file', name: 'file' },
    ],
    listRule: '',
    viewRule: 'title != "closed"',
    createRule: '@request.auth.id != ""',
    updateRule: '@request.auth.id != ""',
    deleteRule: '@request.auth.id != ""',
  })
  const relation = { type: 'relation', name: 'parent', collectionId: 'notes_id' }
  await createCollections(plain, admin.token, {
    name: 'remarks',
    fields: [{ type: 'text', name: 'text' }, relation],
  })
  const app = createExtendedApp({ hooks, ...more }, { isStrict: true }, host)
  const ann = await signUp(plain, 'ann@example.com')
  // A new isolate loads the catalog first.
  await app.get('/api/health')
  return {
    app,
    admin,
    ann,
    async note(data) {
      const answer = await plain.post(notes, data, admin)
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
      return (answer.body as { id: string }).id
    },
  }
}
