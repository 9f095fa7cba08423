import { Hono } from 'hono'
import { afterEach, describe, it, vi } from 'vitest'
import type { AreteEnv, CollectionHooks } from '#extension/index.ts'
import { openStream, type StreamClient } from '../../support/event-stream.ts'
import { createHookedWorld, notes } from '../../support/hooked-app.ts'
import { tripsOf } from '../../support/round-trips.ts'
import { createReceiver, runDelivery } from '../../support/webhook-receiver.ts'

const streams: StreamClient[] = []

afterEach(async () => {
  for (const stream of streams.splice(0)) await stream.close()
})

const quiet = () => vi.spyOn(console, 'error').mockImplementation(() => undefined)

/** Adds a label for each viewer, and hides the pay from all but superusers. */
const labels: CollectionHooks = {
  enrich(record, e) {
    record['label'] = `${record['title']} for ${e.caller?.id ?? 'guest'}`
    if (e.caller?.isSuperuser !== true) delete record['pay']
  },
}

describe('a hook that enriches', () => {
  it('changes every answer, and costs no trip', async ({ expect }) => {
    const { app, admin, ann, note } = await createHookedWorld({ notes: labels })
    const id = await note({ title: 'One', pay: 7 })

    const view = await app.get(`${notes}/${id}`)
    const list = await app.get(notes, ann)
    const created = await app.post(notes, { title: 'Two' }, ann)
    const updated = await app.patch(`${notes}/${id}`, { title: 'Three' }, admin)

    expect(view.body).toMatchObject({ title: 'One', label: 'One for guest' })
    expect(view.body).not.toHaveProperty('pay')
    expect(tripsOf(view)).toBe('1 batch, 0 reads, 0 writes')
    expect(list.body).toMatchObject({ items: [{ label: `One for ${ann.id}` }] })
    expect(created.body).toMatchObject({ label: `Two for ${ann.id}` })
    expect(updated.body).toMatchObject({ label: `Three for ${admin.id}`, pay: 7 })
  })

  it('changes expanded records, each by the hooks of its own collection', async ({ expect }) => {
    const { app, admin, note } = await createHookedWorld({
      notes: labels,
      remarks: { enrich: (record) => void (record['kind'] = 'remark') },
    })
    const parent = await note({ title: 'One', pay: 7 })
    const remarks = '/api/collections/remarks/records'
    await app.post(remarks, { text: 'a', parent }, admin)

    const { body } = await app.get(`${notes}/${parent}?expand=remarks_via_parent`, admin)
    const list = await app.get(`${remarks}?expand=parent`, admin)

    expect(body).toMatchObject({
      label: `One for ${admin.id}`,
      expand: { remarks_via_parent: [{ kind: 'remark' }] },
    })
    expect(list.body).toMatchObject({
      items: [{ kind: 'remark', expand: { parent: { label: `One for ${admin.id}` } } }],
    })
  })

  it('runs first for every collection, then for the own one', async ({ expect }) => {
    const { app, note } = await createHookedWorld({
      notes: { enrich: (record) => void (record['order'] += ' own') },
      '*': { enrich: (record) => void (record['order'] = 'all') },
    })
    const id = await note({ title: 'One' })

    expect((await app.get(`${notes}/${id}`)).body).toMatchObject({ order: 'all own' })
  })

  it('can be projected by `fields`', async ({ expect }) => {
    const { app, note } = await createHookedWorld({ notes: labels })
    const id = await note({ title: 'One', pay: 7 })

    const { body } = await app.get(`${notes}/${id}?fields=label,pay`)

    expect(body).toEqual({ label: 'One for guest' })
  })

  it('leaves what the application reads as it is stored', async ({ expect }) => {
    const routes = new Hono<AreteEnv>()
      .get('/api/own/:id', async (c) =>
        c.json(await c.var.arete.records('notes').get(c.req.param('id'))),
      )
      .get('/api/theirs/:id', async (c) =>
        c.json(await c.var.arete.caller.records('notes').get(c.req.param('id'))),
      )
    const { app, note } = await createHookedWorld({ notes: labels }, { routes })
    const id = await note({ title: 'One', pay: 7 })

    const own = await app.get(`/api/own/${id}`)
    const theirs = await app.get(`/api/theirs/${id}`)

    expect(own.body).toMatchObject({ pay: 7 })
    expect(own.body).not.toHaveProperty('label')
    expect(theirs.body).toMatchObject({ label: 'One for guest' })
    expect(theirs.body).not.toHaveProperty('pay')
  })

  it('sees no passwords and token keys', async ({ expect }) => {
    const seen: string[] = []
    const { app, admin, ann } = await createHookedWorld({
      users: { enrich: (record) => void seen.push(...Object.keys(record)) },
    })

    await app.get(`/api/collections/users/records/${ann.id}`, admin)

    expect(seen).toContain('email')
    expect(seen).not.toContain('password')
    expect(seen).not.toContain('tokenKey')
  })

  it.for<{ name: string; enrich: () => void }>([
    {
      name: 'throws',
      enrich: () => {
        throw new Error('broken')
      },
    },
    { name: 'is async', enrich: async () => undefined },
  ])('shows only the id of a record if it $name', async ({ enrich }, { expect }) => {
    const logged = quiet()
    const { app, ann, note } = await createHookedWorld({ notes: { enrich } })
    const id = await note({ title: 'One', pay: 7 })

    const view = await app.get(`${notes}/${id}`)
    const created = await app.post(notes, { title: 'Two' }, ann)

    expect(view.body).toEqual({ id, collectionId: 'notes_id', collectionName: 'notes' })
    expect(created.status).toBe(200)
    expect(created.body).not.toHaveProperty('title')
    expect(JSON.stringify(logged.mock.calls)).toContain('notes.enrich')
  })
})

describe('the tags of enriched records', () => {
  /** A value that changes without a write. */
  function counting() {
    let count = 0
    const hooks: CollectionHooks = { enrich: (record) => void (record['count'] = count) }
    return { hooks, next: () => void count++ }
  }

  it('answer 304 only while everything shown is the same', async ({ expect }) => {
    const { hooks, next } = counting()
    const { app, note } = await createHookedWorld({ notes: hooks })
    const id = await note({ title: 'One' })
    for (const path of [`${notes}/${id}`, notes, `${notes}/${id}?fields=count`]) {
      const first = await app.get(path)
      const headers = { 'If-None-Match': first.headers.get('ETag') ?? '' }

      expect((await app.get(path, { headers })).status).toBe(304)
      next()
      const changed = await app.get(path, { headers })
      expect(changed.status).toBe(200)
      expect(changed.body).not.toEqual(first.body)
    }
  })

  it('let a conditional write pass while only added members change', async ({ expect }) => {
    const { hooks, next } = counting()
    const { app, ann, note } = await createHookedWorld({ notes: hooks })
    const id = await note({ title: 'One' })
    const tag = (await app.get(`${notes}/${id}`, ann)).headers.get('ETag') ?? ''
    next()

    const headers = { 'If-Match': tag }
    const first = await app.patch(`${notes}/${id}`, { title: 'Two' }, { ...ann, headers })
    const second = await app.patch(`${notes}/${id}`, { title: 'Three' }, { ...ann, headers })

    expect([first.status, second.status]).toEqual([200, 412])
  })

  it('say nothing about a field that is hidden', async ({ expect }) => {
    const hide: CollectionHooks = { enrich: (record) => void delete record['pay'] }
    const { app, admin, ann, note } = await createHookedWorld({ notes: hide })
    const id = await note({ title: 'One', pay: 7 })
    const tag = async () => (await app.get(`${notes}/${id}`, ann)).headers.get('ETag')
    const before = await tag()

    await app.patch(`${notes}/${id}`, { pay: 8 }, admin)

    expect(await tag()).toBe(before)
  })
})

describe('events of enriched records', () => {
  it('are shown to each subscriber as the hook says', async ({ expect }) => {
    const { app, admin, ann, note } = await createHookedWorld({ notes: labels })
    const [ofGuest, ofAnn] = [await openStream(app), await openStream(app)]
    streams.push(ofGuest, ofAnn)
    await ofGuest.subscribe(['notes/*'])
    await ofAnn.subscribe(['notes/*'], ann.token)
    const id = await note({ title: 'One', pay: 7 })
    await app.patch(`${notes}/${id}`, { title: 'Two' }, admin)
    await app.delete(`${notes}/${id}`, admin)

    const labelsOf = async (stream: StreamClient) =>
      (await stream.received(3)).map(
        ({ data }) => (data as { record: { label: string } }).record.label,
      )

    const [guests, anns] = [await labelsOf(ofGuest), await labelsOf(ofAnn)]
    expect(guests).toEqual(['One for guest', 'Two for guest', 'Two for guest'])
    expect(anns).toEqual(guests.map((text) => text.replace('guest', ann.id)))
    expect(ofGuest.text()).not.toContain('"pay"')
  })

  it('are shown so with expanded records and a projection', async ({ expect }) => {
    const { app, admin, note } = await createHookedWorld({ notes: labels })
    const parent = await note({ title: 'One', pay: 7 })
    const stream = await openStream(app)
    streams.push(stream)
    const options = { query: { expand: 'parent', fields: 'expand.parent.label,expand.parent.pay' } }
    await app.patch('/api/collections/remarks', { listRule: '' }, admin)
    await stream.subscribe([`remarks/*?options=${encodeURIComponent(JSON.stringify(options))}`])

    await app.post('/api/collections/remarks/records', { text: 'a', parent }, admin)

    const [event] = await stream.received(1)
    expect(event?.data).toMatchObject({
      record: { expand: { parent: { label: 'One for guest' } } },
    })
    expect(stream.text()).not.toContain('"pay"')
  })

  it('are sent so to webhooks', async ({ expect }) => {
    const receiver = createReceiver()
    const world = await createHookedWorld({ notes: labels }, {}, { webhooks: receiver.sender })
    const { app, admin } = world
    const url = 'https://receiver.example.com/hook'
    await app.post(
      '/api/webhooks',
      { name: 'w', url, collection: 'notes', events: ['created'] },
      admin,
    )

    await app.post(notes, { title: 'One', pay: 7 }, admin)
    await runDelivery(receiver)

    const [arrival] = receiver.arrivals
    expect(JSON.parse(arrival?.body ?? '{}')).toMatchObject({
      data: { record: { label: 'One for guest' } },
    })
    expect(arrival?.body).not.toContain('"pay"')
  })
})
