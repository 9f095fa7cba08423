import { afterEach, describe, it } from 'vitest'
import { signInSuperuser } from '../../support/accounts.ts'
import { changeCollection, createCollections, createRecords } from '../../support/collections.ts'
import { openStream, type StreamClient } from '../../support/event-stream.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const streams: StreamClient[] = []

afterEach(async () => {
  for (const stream of streams.splice(0)) await stream.close()
})

/** A relation to `roots`, or to another collection. */
function relation(name: string, options: Record<string, unknown> = {}) {
  return { type: 'relation', name, collectionId: 'roots_id', maxSelect: 1, ...options }
}

const cascade = { cascadeDelete: true }
const list = { maxSelect: 9 }

/** The messages to all subscribers when the record `a` of `roots` is deleted. */
async function messagesOf(
  collections: Readonly<Record<string, readonly Record<string, unknown>[]>>,
  records: readonly (readonly [string, Readonly<Record<string, unknown>>])[],
  count: number,
  remove: (app: TestApp, token: string) => Promise<unknown> = (app) =>
    app.delete('/api/collections/roots/records/a00000000000000'),
): Promise<string[]> {
  const app = createTestApp()
  const { token } = await signInSuperuser(app)
  const title = { type: 'text', name: 'title' }
  const { roots = [], ...others } = collections
  await createCollections(
    app,
    token,
    { name: 'roots', fields: [title] },
    ...Object.entries(others).map(([name, fields]) => ({ name, fields: [...fields] })),
  )
  // A collection can refer to itself only after it was created.
  if (roots.length > 0) await changeCollection(app, token, 'roots', { fields: [title, ...roots] })
  for (const [collection, record] of records) await createRecords(app, token, collection, record)
  const stream = await openStream(app)
  streams.push(stream)
  await stream.subscribe(Object.keys({ roots, ...others }).map((name) => `${name}/*`))

  await remove(app, token)

  const events = await stream.received(count)
  return events.map(({ data }) => {
    const { action, record } = data as { action: string; record: Record<string, unknown> }
    const { id, collectionId: _, collectionName: __, title: ___, ...fields } = record
    return [action, short(id), ...Object.values(fields).map(short)].join(' ')
  })
}

const id = (name: string): string => name.padEnd(15, '0')
const short = (value: unknown): string => String(value).replaceAll(/0+\b/g, '')

describe('the events of a deletion come in PocketBase’s order', () => {
  it('with cascaded records before their parent', async ({ expect }) => {
    const messages = await messagesOf(
      {
        children: [relation('own', cascade)],
        grandchildren: [relation('own', { ...cascade, collectionId: 'children_id' })],
        readers: [relation('child', { collectionId: 'children_id' }), relation('root')],
      },
      [
        ['roots', { id: id('a') }],
        ['children', { id: id('c2'), own: id('a') }],
        ['children', { id: id('c1'), own: id('a') }],
        ['grandchildren', { id: id('g1'), own: id('c1') }],
        ['grandchildren', { id: id('g2'), own: id('c2') }],
        ['readers', { id: id('r1'), child: id('c1'), root: id('a') }],
      ],
      7,
    )

    expect(messages).toEqual([
      'delete g2 c2',
      'delete c2 a',
      'delete g1 c1',
      'update r1  a',
      'delete c1 a',
      'update r1  ',
      'delete a',
    ])
  })

  it('with fields in their order and records by age', async ({ expect }) => {
    const messages = await messagesOf(
      { both: [relation('rel'), relation('own', cascade)] },
      [
        ['roots', { id: id('a') }],
        ['both', { id: id('z'), rel: id('a') }],
        ['both', { id: id('c'), own: id('a') }],
        ['both', { id: id('b'), rel: id('a'), own: id('a') }],
        ['both', { id: id('d'), rel: id('a') }],
      ],
      6,
    )

    expect(messages).toEqual([
      'update z  ',
      'update b a ',
      'update d  ',
      'delete c a ',
      'delete b a ',
      'delete a',
    ])
  })

  it('with one update for each reference that a list loses', async ({ expect }) => {
    const messages = await messagesOf(
      {
        children: [relation('own', cascade)],
        lists: [relation('some', { ...list, ...cascade, collectionId: 'children_id' })],
      },
      [
        ['roots', { id: id('a') }],
        ['children', { id: id('c1'), own: id('a') }],
        ['children', { id: id('c2'), own: id('a') }],
        ['children', { id: id('c3') }],
        ['lists', { id: id('l1'), some: [id('c2'), id('c1')] }],
        ['lists', { id: id('l2'), some: [id('c1'), id('c2'), id('c3')] }],
      ],
      7,
    )

    expect(messages).toEqual([
      'update l1 c2',
      'update l2 c2,c3',
      'delete c1 a',
      'delete l1 c2',
      'update l2 c3',
      'delete c2 a',
      'delete a',
    ])
  })

  it('through references of a collection to itself, each record once', async ({ expect }) => {
    const messages = await messagesOf(
      { roots: [relation('up', cascade), relation('see')] },
      [
        ['roots', { id: id('z') }],
        ['roots', { id: id('a') }],
        ['roots', { id: id('b'), up: id('a'), see: id('a') }],
        ['roots', { id: id('c'), see: id('b') }],
      ],
      5,
      (app, token) => app.delete('/api/collections/roots/truncate', { token }),
    )

    expect(messages).toEqual([
      'delete z  ',
      'update c  ',
      'delete b a a',
      'delete a  ',
      'delete c  ',
    ])
  })
})
