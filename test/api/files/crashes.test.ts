import { describe, it, vi } from 'vitest'
import { createCatalogCache } from '#catalog/catalog-cache.ts'
import { createSystemTransactor } from '#catalog/transact.ts'
import { sweepFiles } from '#files/sweep.ts'
import { signInSuperuser } from '../../support/accounts.ts'
import { bindings, resetBindings } from '../../support/bindings.ts'
import { createCollections } from '../../support/collections.ts'
import { type Crash, crashingBindings } from '../../support/crashing.ts'
import { formOf, waitingSweeps } from '../../support/stored-files.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

/*
 * A process may end at any call of the database or the bucket: before the call arrives, or after it
 * was done. Afterwards, once the jobs have run, rows and objects must agree: no record names a
 * missing file, and every file is named by a record.
 */

const albums = '/api/collections/albums/records'
const tracks = '/api/collections/tracks/records'

interface World {
  readonly app: TestApp
  /** An album with a cover and two pages, and a track that is deleted with it. */
  readonly album: string
  readonly pages: readonly string[]
}

function textFile(name: string, size = 20): File {
  return new File(['x'.repeat(size)], name)
}

async function createWorld(): Promise<World> {
  const app = createTestApp()
  const { token } = await signInSuperuser(app)
  await app.patch('/api/settings', { batch: { enabled: true } }, { token })
  const file = (name: string, maxSelect: number) => {
    return { type: 'file', name, maxSelect, maxSize: 20_000_000 }
  }
  await createCollections(
    app,
    token,
    {
      name: 'albums',
      fields: [file('cover', 1), file('pages', 3), { type: 'text', name: 'title' }],
    },
    {
      name: 'tracks',
      fields: [
        { type: 'relation', name: 'album', collectionId: 'albums_id', cascadeDelete: true },
        file('sound', 1),
      ],
    },
  )
  const created = await app.post(
    albums,
    formOf(
      ['cover', textFile('cover.txt')],
      ['pages', textFile('one.txt')],
      ['pages', textFile('two.txt')],
    ),
  )
  const { id, pages } = created.body as { id: string; pages: string[] }
  await app.post(tracks, formOf(['album', id], ['sound', textFile('song.txt')]))
  return { app, album: id, pages }
}

interface Case {
  readonly name: string
  /** The minimum number of calls; with fewer, the test would miss its purpose. */
  readonly minCalls: number
  send(app: TestApp, world: World): Promise<unknown>
}

const cases: readonly Case[] = [
  {
    name: 'creating a record with files',
    minCalls: 4,
    send: (app) =>
      app.post(albums, formOf(['cover', textFile('a.txt')], ['pages', textFile('b.txt')])),
  },
  {
    name: 'creating a record with a file too large for memory',
    minCalls: 9,
    send: (app) => app.post(albums, formOf(['cover', textFile('large.txt', 9_000_000)])),
  },
  {
    name: 'replacing files',
    minCalls: 6,
    send: (app, { album }) =>
      app.patch(
        `${albums}/${album}`,
        formOf(['cover', textFile('a.txt')], ['pages', textFile('b.txt')]),
      ),
  },
  {
    name: 'adding and removing a file',
    minCalls: 5,
    send: (app, { album, pages }) =>
      app.patch(
        `${albums}/${album}`,
        formOf(['pages-', pages[0] ?? ''], ['pages+', textFile('b.txt')]),
      ),
  },
  {
    name: 'prepending a file to an existing one',
    minCalls: 4,
    send: (app, { album }) =>
      app.patch(`${albums}/${album}`, formOf(['+cover', textFile('a.txt')])),
  },
  {
    name: 'deleting a record with its cascade',
    minCalls: 4,
    send: (app, { album }) => app.delete(`${albums}/${album}`),
  },
  {
    name: 'a batch that creates, changes and deletes',
    minCalls: 6,
    send: (app, { album }) => {
      const requests = [
        { method: 'POST', url: albums, body: { title: 'new' } },
        { method: 'PATCH', url: `${albums}/${album}`, body: { cover: '' } },
        { method: 'DELETE', url: `${albums}/${album}` },
      ]
      return app.post(
        '/api/batch',
        formOf(
          ['@jsonPayload', JSON.stringify({ requests })],
          ['requests.0.cover', textFile('a.txt')],
          ['requests.1.pages', textFile('b.txt')],
        ),
      )
    },
  },
  {
    name: 'a batch whose last request is refused',
    minCalls: 6,
    send: (app) => {
      const requests = [
        { method: 'POST', url: albums, body: { title: 'new' } },
        { method: 'DELETE', url: `${albums}/missing00000000` },
      ]
      return app.post(
        '/api/batch',
        formOf(
          ['@jsonPayload', JSON.stringify({ requests })],
          ['requests.0.cover', textFile('a.txt')],
        ),
      )
    },
  },
]

/** The keys that records name, in order. */
async function namedKeys(): Promise<string[]> {
  const rows = await bindings.DB.batch<{ id: string; names: string }>([
    bindings.DB.prepare(
      `SELECT 'albums_id/' || "id" AS "id", json_array("cover") AS "names" FROM "albums"`,
    ),
    bindings.DB.prepare(`SELECT 'albums_id/' || "id" AS "id", "pages" AS "names" FROM "albums"`),
    bindings.DB.prepare(
      `SELECT 'tracks_id/' || "id" AS "id", json_array("sound") AS "names" FROM "tracks"`,
    ),
  ])
  return rows
    .flatMap(({ results }) => results)
    .flatMap(({ id, names }) => (JSON.parse(names) as string[]).map((name) => [id, name] as const))
    .filter(([, name]) => name !== '')
    .map(([id, name]) => `${id}/${name}`)
    .toSorted()
}

async function presentKeys(): Promise<string[]> {
  const { objects } = await bindings.FILES.list()
  return objects.map(({ key }) => key).toSorted()
}

/** Runs the jobs in a process that does not crash. */
async function sweep(now: Date): Promise<void> {
  const { DB: db, FILES: bucket } = bindings
  const cache = createCatalogCache()
  const transactor = createSystemTransactor(db, cache)
  await sweepFiles({ bucket, db, transactor }, now)
}

/** Sends the request in a process that crashes; undefined if it finished before. */
async function crash({ send }: Case, world: World, end: Crash): Promise<'crashed' | undefined> {
  const process = crashingBindings(end)
  const app = createTestApp(process.overrides)
  await send(app, world).catch(() => undefined)
  return process.hasCrashed() ? 'crashed' : undefined
}

const soon = () => new Date()
const afterAllPatience = () => new Date(Date.now() + 2 * 60 * 60 * 1000)

describe('after a process has ended in the middle, rows and objects agree again:', () => {
  for (const each of cases) {
    for (const when of ['before', 'after'] as const) {
      it(`${each.name}, ${when} any step`, { timeout: 120_000 }, async ({ expect }) => {
        vi.spyOn(console, 'error').mockImplementation(() => undefined)
        let step = 1
        for (; ; step++) {
          await resetBindings()
          const world = await createWorld()
          const outcome = await crash(each, world, { at: step, when })
          // Objects that may still be named stay; named ones are never missing.
          await sweep(soon())
          const [namedSoon, presentSoon] = [await namedKeys(), await presentKeys()]
          expect(
            namedSoon.filter((key) => !presentSoon.includes(key)),
            `step ${step}`,
          ).toEqual([])

          await sweep(afterAllPatience())

          expect(await presentKeys(), `step ${step}`).toEqual(await namedKeys())
          expect(await waitingSweeps(), `step ${step}`).toBe(0)
          if (outcome === undefined) break
        }

        expect(step).toBeGreaterThan(each.minCalls)
      })
    }
  }
})

describe('a write that takes too long', () => {
  // The sweep may run after the objects are stored and before the write.
  it('is rejected if its files were swept meanwhile, and leaves nothing', async ({ expect }) => {
    await createWorld()
    const before = await presentKeys()
    const slow: Pick<typeof bindings.FILES, 'put'> = {
      put: (async (...request: Parameters<typeof bindings.FILES.put>) => {
        const stored = await bindings.FILES.put(...request)
        await sweep(afterAllPatience())
        return stored
      }) as typeof bindings.FILES.put,
    }
    const bucket = new Proxy(bindings.FILES, {
      get: (target, name) => (name === 'put' ? slow.put : Reflect.get(target, name).bind(target)),
    })
    const app = createTestApp({ FILES: bucket })

    const { status } = await app.post(albums, formOf(['cover', textFile('a.txt')]))

    expect(status).toBe(503)
    expect(await presentKeys()).toEqual(before)
    expect(await namedKeys()).toEqual(before)
    expect(await waitingSweeps()).toBe(0)
  })
})
