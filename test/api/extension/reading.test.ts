import { Hono } from 'hono'
import { describe, it, vi } from 'vitest'
import { type AreteEnv, type CollectionHooks, refuse } from '#extension/index.ts'
import { createHookedWorld, notes } from '../../support/hooked-app.ts'
import { tripsOf } from '../../support/round-trips.ts'

const quiet = () => vi.spyOn(console, 'error').mockImplementation(() => undefined)

const titlesOf = (body: unknown): string[] =>
  (body as { items: { title: string }[] }).items.map(({ title }) => title)

describe('a hook before a list', () => {
  it('narrows it, with its total, for every caller, and costs no trip', async ({ expect }) => {
    const { app, admin, ann, note } = await createHookedWorld({
      notes: { beforeList: (e) => e.require('owner = @request.auth.id') },
    })
    await note({ title: 'Of Ann', owner: ann.id })
    await note({ title: 'Of none' })

    const anns = await app.get(`${notes}?filter=${encodeURIComponent('title ~ "Of"')}`, ann)
    const admins = await app.get(notes, admin)

    expect(titlesOf(anns.body)).toEqual(['Of Ann'])
    expect(anns.body).toMatchObject({ totalItems: 1 })
    expect(tripsOf(anns)).toBe('1 batch, 1 read, 0 writes')
    expect(titlesOf(admins.body)).toEqual([])
  })

  it('cannot be widened by the filter of a client', async ({ expect }) => {
    const { app, note } = await createHookedWorld({
      notes: { beforeList: (e) => e.require('title != {:title}', { title: 'a" || 1=1' }) },
    })
    await note({ title: 'a" || 1=1' })
    await note({ title: 'b' })

    const filter = encodeURIComponent('title = "b" || title != ""')
    const { body } = await app.get(`${notes}?filter=${filter}`)

    expect(titlesOf(body)).toEqual(['b'])
  })

  it('sees the request, and lowers the records of a page, but does not raise them', async ({
    expect,
  }) => {
    const seen: unknown[] = []
    const { app, ann, note } = await createHookedWorld({
      notes: {
        beforeList(e) {
          const { page, filter, sort, query, caller } = e
          seen.push({ page, filter, sort, caller, some: query['some'] })
          e.perPage = Number(query['want'])
        },
      },
    })
    for (const title of ['a', 'b', 'c']) await note({ title })

    const lower = await app.get(`${notes}?want=1&sort=title&some=x&perPage=2`, ann)
    const higher = await app.get(`${notes}?want=500&perPage=2`)
    const none = await app.get(`${notes}?want=x&perPage=2`)

    expect(lower.body).toMatchObject({ perPage: 1, totalPages: 3, items: [{ title: 'a' }] })
    expect([higher.body, none.body]).toMatchObject([{ perPage: 2 }, { perPage: 1 }])
    const caller = { id: ann.id, collection: 'users', isSuperuser: false }
    expect(seen[0]).toEqual({ page: 1, filter: '', sort: 'title', caller, some: 'x' })
  })

  it('refuses behind the rule', async ({ expect }) => {
    const { app, admin } = await createHookedWorld({
      '*': {
        beforeList() {
          throw refuse('Not now.', { status: 429, code: 'later' })
        },
      },
    })
    await app.patch('/api/collections/remarks', { listRule: null }, admin)

    const open = await app.get(notes)
    const locked = await app.get('/api/collections/remarks/records')

    expect(open).toMatchObject({ status: 429, body: { message: 'Not now.' } })
    expect(locked).toMatchObject({ status: 403 })
    expect(JSON.stringify(locked.body)).not.toContain('Not now.')
  })

  it.for<{ name: string; beforeList: CollectionHooks['beforeList'] }>([
    { name: 'a condition that is no filter', beforeList: (e) => e.require('title = ') },
    {
      name: 'an error',
      beforeList: () => {
        throw new Error('the reason')
      },
    },
  ])('fails without a reason for $name', async ({ beforeList }, { expect }) => {
    const logged = quiet()
    const { app } = await createHookedWorld({ notes: { beforeList } })

    const answer = await app.get(notes)

    expect(answer).toMatchObject({ status: 400 })
    expect(JSON.stringify(answer.body)).not.toContain('reason')
    expect(JSON.stringify(logged.mock.calls)).toContain('notes.beforeList')
  })

  it('shows nothing if its condition names an unknown field', async ({ expect }) => {
    const { app, note } = await createHookedWorld({
      notes: { beforeList: (e) => e.require('unknown = 1') },
    })
    await note({ title: 'a' })

    expect((await app.get(notes)).status).toBe(400)
  })

  it('fails in time if it hangs', async ({ expect }) => {
    const logged = quiet()
    const { app } = await createHookedWorld({
      notes: { beforeList: () => new Promise(() => undefined) },
    })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const answering = app.get(notes)
      await vi.waitUntil(
        async () => {
          await vi.advanceTimersByTimeAsync(5000)
          return logged.mock.calls.length > 0
        },
        { timeout: 20_000 },
      )
      vi.useRealTimers()
      expect(await answering).toMatchObject({ status: 400 })
    } finally {
      vi.useRealTimers()
    }
  })

  it('reads its own collection as the deployment, without an end', async ({ expect }) => {
    let runs = 0
    const { app, note } = await createHookedWorld({
      notes: {
        async beforeList(e) {
          runs++
          const { totalItems } = await e.read('notes').list()
          e.require('title = {:title}', { title: `${totalItems}` })
        },
      },
    })
    await note({ title: '2' })
    await note({ title: 'x' })

    expect(titlesOf((await app.get(notes)).body)).toEqual(['2'])
    expect(runs).toBe(1)
  })

  it('runs for the caller of a route, and not for the deployment', async ({ expect }) => {
    const routes = new Hono<AreteEnv>().get('/api/counts', async (c) => {
      const { arete } = c.var
      const own = await arete.records('notes').count()
      return c.json([own, await arete.caller.records('notes').count()])
    })
    const hooks: CollectionHooks = { beforeList: (e) => e.require('title = "a"') }
    const { app, note } = await createHookedWorld({ notes: hooks }, { routes })
    await note({ title: 'a' })
    await note({ title: 'b' })

    expect((await app.get('/api/counts')).body).toEqual([2, 1])
  })
})

describe('a hook before a view', () => {
  it('narrows it, and costs no trip', async ({ expect }) => {
    const { app, ann, note } = await createHookedWorld({
      notes: { beforeView: (e) => e.require('owner = @request.auth.id') },
    })
    const own = await note({ title: 'Of Ann', owner: ann.id })
    const other = await note({ title: 'Of none' })

    const seen = await app.get(`${notes}/${own}`, ann)
    const hidden = await app.get(`${notes}/${other}`, ann)

    expect([seen.status, hidden.status]).toEqual([200, 404])
    expect(tripsOf(seen)).toBe('1 batch, 1 read, 0 writes')
  })

  it('refuses behind the rule, so that it does not reveal a record', async ({ expect }) => {
    const { app, note } = await createHookedWorld({
      notes: {
        beforeView(e) {
          throw refuse(`Not ${e.id}.`, { status: 403 })
        },
      },
    })
    const open = await note({ title: 'open' })
    const closed = await note({ title: 'closed' })

    const answers = [open, closed, 'missing00000000'].map((id) => app.get(`${notes}/${id}`))
    const [seen, hidden, missing] = await Promise.all(answers)

    expect(seen).toMatchObject({ status: 403, body: { message: `Not ${open}.` } })
    expect(hidden).toMatchObject({ status: 404 })
    expect(hidden?.body).toEqual(missing?.body)
  })
})
