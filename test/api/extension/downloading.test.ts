import { describe, it, vi } from 'vitest'
import { type BeforeDownloadEvent, type CollectionHooks, refuse } from '#extension/index.ts'
import { createHookedWorld, type HookedWorld, notes } from '../../support/hooked-app.ts'
import { tripsOf } from '../../support/round-trips.ts'
import { formOf } from '../../support/stored-files.ts'

interface Stored extends HookedWorld {
  readonly id: string
  readonly name: string
  readonly url: string
}

async function storeFile(hooks: CollectionHooks, isProtected = false): Promise<Stored> {
  const world = await createHookedWorld({ notes: hooks })
  const { app, admin } = world
  if (isProtected) {
    const { body } = await app.get('/api/collections/notes', admin)
    const { fields } = body as { fields: { name: string }[] }
    const changed = fields.map((field) =>
      field.name === 'file' ? { ...field, protected: true } : field,
    )
    const viewRule = '@request.auth.id != "" && title != "closed"'
    await app.patch('/api/collections/notes', { fields: changed, viewRule }, admin)
  }
  const file = new File(['content'], 'a.txt', { type: 'text/plain' })
  const { body } = await app.post(notes, formOf(['title', 'One'], ['file', file]), admin)
  const { id, file: name } = body as { id: string; file: string }
  return { ...world, id, name, url: `/api/files/notes/${id}/${name}` }
}

describe('a hook before a download', () => {
  it('sees the file, allows it, costs no trip, and keeps it out of caches', async ({ expect }) => {
    const seen: BeforeDownloadEvent[] = []
    const stored = await storeFile({ beforeDownload: (e) => void seen.push(e) })
    const { app, ann, id, name, url } = stored

    const answer = await app.get(`${url}?download=1&token=x`, ann)

    expect(answer).toMatchObject({ status: 200, body: 'content' })
    expect(answer.headers.get('Cache-Control')).toBe('private, no-store')
    expect(tripsOf(answer)).toBe('1 batch, 1 read, 0 writes')
    expect(seen).toMatchObject([
      { collection: 'notes', id, name, field: 'file', caller: { id: ann.id } },
    ])
    expect(seen[0]?.query).toEqual({ download: '1' })
  })

  it('refuses, also for a part and for what a client has', async ({ expect }) => {
    let isOpen = true
    const { app, url } = await storeFile({
      beforeDownload() {
        if (!isOpen) throw refuse('Used up.', { status: 402 })
      },
    })
    const tag = (await app.get(url)).headers.get('ETag') ?? ''
    isOpen = false

    const asked: Record<string, string>[] = [{}, { Range: 'bytes=0-1' }, { 'If-None-Match': tag }]
    const answers = await Promise.all(asked.map((headers) => app.get(url, { headers })))
    const head = await app.request('HEAD', url)

    expect([...answers, head].map(({ status }) => status)).toEqual([402, 402, 402, 402])
    expect(answers[0]?.body).toMatchObject({ message: 'Used up.' })
  })

  it('redirects', async ({ expect }) => {
    const { app, name, url } = await storeFile({
      beforeDownload: (e) => e.redirect(`https://cdn.example.com/${e.name}`),
    })

    const response = await app.fetch(`http://127.0.0.1:8787${url}`, { redirect: 'manual' })

    expect(response.status).toBe(302)
    expect(response.headers.get('Location')).toBe(`https://cdn.example.com/${name}`)
    expect(response.headers.get('Cache-Control')).toBe('private, no-store')
  })

  it.for(['javascript:alert(1)', '/relative', 'data:text/html,x'])(
    'fails instead of redirecting to %s',
    async (target, { expect }) => {
      vi.spyOn(console, 'error').mockImplementation(() => undefined)
      const { app, url } = await storeFile({ beforeDownload: (e) => e.redirect(target) })

      const answer = await app.get(url)

      expect(answer.status).toBe(400)
      expect(answer.headers.get('Location')).toBeNull()
    },
  )

  it('runs behind the rule of a protected file, with the account of its token', async ({
    expect,
  }) => {
    const seen: unknown[] = []
    const hooks: CollectionHooks = { beforeDownload: (e) => void seen.push(e.caller) }
    const { app, admin, ann, id, url } = await storeFile(hooks, true)
    const { body } = await app.post('/api/files/token', undefined, ann)
    const { token } = body as { token: string }

    const withoutToken = await app.get(url)
    const withToken = await app.get(`${url}?token=${token}`)
    await app.patch(`${notes}/${id}`, { title: 'closed' }, admin)
    const closed = await app.get(`${url}?token=${token}`)

    expect([withoutToken, withToken, closed].map(({ status }) => status)).toEqual([404, 200, 404])
    expect(seen).toEqual([{ id: ann.id, collection: 'users', isSuperuser: false }])
  })

  it('does not run for a file that is missing', async ({ expect }) => {
    const beforeDownload = vi.fn<() => void>()
    const { app, url } = await storeFile({ beforeDownload })

    expect((await app.get(`${url}x`)).status).toBe(404)
    expect(beforeDownload).not.toHaveBeenCalled()
  })
})
