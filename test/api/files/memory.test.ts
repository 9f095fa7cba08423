import { describe, it } from 'vitest'
import { signInSuperuser } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createCollections } from '../../support/collections.ts'
import {
  count,
  countingBucket,
  noHeldBytes,
  producedStream,
} from '../../support/counted-streams.ts'
import { createTestApp, type TestApp } from '../../support/test-app.ts'

const mebibyte = 2 ** 20
const sizeBytes = 90 * mebibyte
/** A Worker has 128 MiB for everything at once. */
const maxHeldBytes = 20 * mebibyte
const movies = '/api/collections/movies/records'
const boundary = 'frontier'

/** Bytes that identify their position in the file. */
function pattern(at: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (at + i) % 251)
}

const chunkBytes = 251 * 260
const wholeChunk = pattern(0, chunkBytes)

function* movieForm(): Generator<Uint8Array> {
  const encoder = new TextEncoder()
  yield encoder.encode(
    `--${boundary}\r\nContent-Disposition: form-data; name="title"\r\n\r\nLong\r\n` +
      `--${boundary}\r\nContent-Disposition: form-data; name="film"; filename="long.bin"\r\n\r\n`,
  )
  for (let at = 0; at < sizeBytes; at += chunkBytes) {
    yield wholeChunk.slice(0, Math.min(chunkBytes, sizeBytes - at))
  }
  yield encoder.encode(`\r\n--${boundary}--\r\n`)
}

async function createCinema(): Promise<TestApp> {
  const app = createTestApp()
  const { token } = await signInSuperuser(app)
  const film = { type: 'file', name: 'film', maxSize: 100 * mebibyte }
  await createCollections(app, token, {
    name: 'movies',
    fields: [{ type: 'text', name: 'title' }, film],
  })
  return app
}

describe('a file of 90 MiB', { timeout: 180_000 }, () => {
  it('is never held in memory, in uploads and downloads', async ({ expect }) => {
    await createCinema()
    const arriving = noHeldBytes()
    const bucket = countingBucket(bindings.FILES, arriving)
    const app = createTestApp({ FILES: bucket as typeof bindings.FILES })

    const created = await app.post(movies, producedStream(arriving, movieForm()), {
      headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
    })

    expect(created.status).toBe(200)
    const { id, film } = created.body as { id: string; film: string }
    expect(arriving.consumed).toBe(sizeBytes)
    expect(arriving.most).toBeLessThan(maxHeldBytes)

    const response = await app.fetch(`http://localhost/api/files/movies/${id}/${film}`)
    let at = 0
    let isIntact = true
    for await (const chunk of response.body ?? []) {
      // Checks some bytes of each chunk; all of them would take too long.
      for (const i of [0, chunk.length >> 1, chunk.length - 1]) {
        isIntact &&= chunk[i] === (at + i) % 251
      }
      at += chunk.length
    }

    expect(response.headers.get('Content-Length')).toBe(String(sizeBytes))
    expect(at).toBe(sizeBytes)
    expect(isIntact).toBe(true)
    const { objects } = await bindings.FILES.list()
    expect(objects.map(({ key, size }) => [key, size])).toEqual([
      [`movies_id/${id}/${film}`, sizeBytes],
    ])
  })

  // Data that a client does not read must not pile up here.
  it('is read from the bucket no faster than the client reads it', async ({ expect }) => {
    await createCinema()
    const name = 'long_abcdefghij.bin'
    await bindings.DB.prepare('INSERT INTO "movies" ("id", "film") VALUES (?, ?)')
      .bind('movie0000000000', name)
      .run()
    await bindings.FILES.put(`movies_id/movie0000000000/${name}`, 'x')
    const leaving = noHeldBytes()
    const slow = createTestApp({
      FILES: {
        head: (key: string) => bindings.FILES.head(key),
        async get(key: string) {
          const object = await bindings.FILES.get(key)
          const chunks = Array.from(
            { length: sizeBytes / mebibyte },
            () => new Uint8Array(mebibyte),
          )
          return object && { ...metadataOf(object), body: producedStream(leaving, chunks) }
        },
      } as unknown as typeof bindings.FILES,
    })

    const response = await slow.fetch(`http://localhost/api/files/movies/movie0000000000/${name}`)
    for await (const chunk of response.body ?? []) count(leaving, { consumed: chunk.length })

    expect(leaving.consumed).toBe(sizeBytes)
    expect(leaving.most).toBeLessThan(maxHeldBytes)
  })
})

// The limit of a collection includes its files, which alone can be streamed.
it('a body that is no form has to fit into memory', async ({ expect }) => {
  const app = await createCinema()
  const held = noHeldBytes()
  const spaces = Array.from({ length: 80 }, () => new Uint8Array(mebibyte).fill(0x20))

  const answer = await app.post(movies, producedStream(held, spaces))

  expect(answer.status).toBe(413)
  expect(held.produced).toBeLessThan(40 * mebibyte)
})

// Names are kept even if their content is not used.
it('the names in a form have to fit into memory, too', async ({ expect }) => {
  const app = await createCinema()
  const held = noHeldBytes()
  const encoder = new TextEncoder()
  const parts = Array.from({ length: 900 }, (_, at) =>
    encoder.encode(
      `--${boundary}\r\nContent-Disposition: form-data; name="${'n'.repeat(60_000)}${at}"\r\n\r\n\r\n`,
    ),
  )

  const answer = await app.post(movies, producedStream(held, parts), {
    headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
  })

  expect(answer.status).toBe(413)
  expect(held.produced).toBeLessThan(40 * mebibyte)
})

/** The metadata of a response, with the size of the stream. */
function metadataOf({ key, etag, httpEtag, uploaded, httpMetadata }: R2Object) {
  return { key, etag, httpEtag, uploaded, httpMetadata, size: sizeBytes }
}
