import { describe, it } from 'vitest'
import { password, type SignedIn, signIn, signInSuperuser, signUp } from './accounts.ts'
import { changeCollection, createCollections, createRecords } from './collections.ts'
import { type Answer, createTestApp, type TestApp } from './test-app.ts'

/** Notes of two users, each with a hidden field, and a second auth collection. */
export interface Notebook {
  readonly app: TestApp
  readonly admin: SignedIn
  readonly owner: SignedIn
  readonly stranger: SignedIn
  /** An account of another auth collection. */
  readonly outsider: SignedIn
  /** The note of the owner. */
  readonly note: string
}

/** An endpoint for notes guarded by a rule. */
export interface SecuredEndpoint {
  readonly name: string
  readonly rule: 'listRule' | 'viewRule' | 'createRule' | 'updateRule' | 'deleteRule'
  /** Reads or writes the note with this id as one of the owner's. */
  send(notebook: Notebook, note: string, token?: string): Promise<Answer>
  /** The response to a caller that the rule rejects. */
  readonly refusal: { readonly status: number; readonly body: unknown }
  /** The response for a locked rule, if it is not the default. */
  readonly locked?: unknown
  /** True if the endpoint finds its note by id. */
  readonly hasId: boolean
}

/** The value of the hidden field of every note. */
export const hiddenValue = 'xyzzy'

const superusersOnly = {
  data: {},
  message: 'Only superusers can perform this action.',
  status: 403,
}

const ownerOnly = "@request.auth.collectionName = 'users' && owner = @request.auth.id"

/** A deployment with notes. */
export async function createNotebook(): Promise<Notebook> {
  const app = createTestApp()
  const admin = await signInSuperuser(app)
  await app.patch(
    '/api/settings',
    { batch: { enabled: true }, rateLimits: { enabled: false } },
    { token: admin.token },
  )
  await createCollections(
    app,
    admin.token,
    { name: 'staff', type: 'auth' },
    {
      name: 'notes',
      fields: [
        { type: 'text', name: 'title' },
        { type: 'text', name: 'secret', hidden: true },
        { type: 'relation', name: 'owner', collectionId: '_pb_users_auth_', maxSelect: 1 },
      ],
    },
  )
  const owner = await signUp(app, 'owner@example.com')
  const stranger = await signUp(app, 'stranger@example.com')
  const outsider = await signUp(app, 'outsider@example.com', {}, 'staff')
  const [note = ''] = await createRecords(app, admin.token, 'notes', {
    ...{ title: 'mine', secret: hiddenValue, owner: owner.id },
  })
  return { app, admin, owner, stranger, outsider, note }
}

/** A token of the owner after the session ended. */
async function endedToken({ app }: Notebook): Promise<string> {
  const { token } = await signIn(app, 'users', 'owner@example.com')
  await app.post('/api/collections/users/logout', undefined, { token })
  return token
}

/** A token of the owner after the password changed. */
async function outlivedToken({ app, admin, owner }: Notebook): Promise<string> {
  const { token } = await signIn(app, 'users', 'owner@example.com')
  const changed = { password, passwordConfirm: password }
  await app.patch(`/api/collections/users/records/${owner.id}`, changed, { token: admin.token })
  return token
}

const intruders: readonly {
  readonly name: string
  token(notebook: Notebook): Promise<string | undefined> | string | undefined
}[] = [
  { name: 'a guest', token: () => undefined },
  { name: 'nonsense for a token', token: () => 'nonsense' },
  { name: 'a forged token', token: ({ owner }) => `${owner.token.slice(0, -4)}AAAA` },
  { name: 'a token of another collection', token: ({ outsider }) => outsider.token },
  { name: 'a token of another user', token: ({ stranger }) => stranger.token },
  { name: 'a token of an ended session', token: endedToken },
  { name: 'a token from before a change of the password', token: outlivedToken },
]

/** The suite that every endpoint over records passes. */
export function describeSecurity(endpoint: SecuredEndpoint): void {
  const { name, rule, refusal, locked = superusersOnly, hasId, send } = endpoint

  describe(`security of ${name}`, () => {
    it.for(intruders)(
      'responds to $name as if there were no record',
      async ({ token }, { expect }) => {
        const notebook = await createNotebook()
        await changeCollection(notebook.app, notebook.admin.token, 'notes', { [rule]: ownerOnly })

        const answer = await send(notebook, notebook.note, await token(notebook))

        expect({ status: answer.status, body: answer.body }).toEqual(refusal)
        expect(await notesOf(notebook)).toEqual([{ title: 'mine', secret: hiddenValue }])
      },
    )

    it('rejects all of them while its rule is locked', async ({ expect }) => {
      const notebook = await createNotebook()
      await changeCollection(notebook.app, notebook.admin.token, 'notes', { [rule]: null })

      for (const intruder of intruders) {
        const answer = await send(notebook, notebook.note, await intruder.token(notebook))
        expect(answer.body, intruder.name).toEqual(locked)
      }

      expect(await notesOf(notebook)).toEqual([{ title: 'mine', secret: hiddenValue }])
    })

    it('admits callers that the rule admits, without hidden fields', async ({ expect }) => {
      const notebook = await createNotebook()
      await changeCollection(notebook.app, notebook.admin.token, 'notes', { [rule]: ownerOnly })

      const answer = await send(notebook, notebook.note, notebook.owner.token)

      expect({ status: answer.status, body: answer.body }).not.toEqual(refusal)
      expect(answer.status).toBeLessThan(300)
      expect(JSON.stringify(answer.body) ?? '').not.toContain('secret')
      expect(JSON.stringify(answer.body) ?? '').not.toContain(hiddenValue)
    })

    it('admits superusers whatever the rule, with hidden fields', async ({ expect }) => {
      const notebook = await createNotebook()
      const { app, admin, note } = notebook
      await changeCollection(app, admin.token, 'notes', { [rule]: null })

      const answer = await send(notebook, note, admin.token)

      expect(answer.status).toBeLessThan(300)
      if (rule !== 'deleteRule') expect(JSON.stringify(answer.body)).toContain('secret')
    })

    if (!hasId) return
    it('responds to a missing record as to an invisible one', async ({ expect }) => {
      const notebook = await createNotebook()
      const { app, admin, stranger } = notebook
      await changeCollection(app, admin.token, 'notes', { [rule]: ownerOnly })

      const missing = await send(notebook, 'missing00000000', stranger.token)
      const asAdmin = await send(notebook, 'missing00000000', admin.token)

      expect({ status: missing.status, body: missing.body }).toEqual(refusal)
      expect({ status: asAdmin.status, body: asAdmin.body }).toEqual(refusal)
    })
  })
}

/** The stored notes, without the fields that the server sets. */
async function notesOf({ app, admin }: Notebook): Promise<unknown[]> {
  const answer = await app.get('/api/collections/notes/records', { token: admin.token })
  const { items } = answer.body as { items: { title: string; secret: string }[] }
  return items.map(({ title, secret }) => ({ title, secret }))
}
