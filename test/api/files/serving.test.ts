import { describe, it } from 'vitest'
import { signInSuperuser } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createCollections } from '../../support/collections.ts'
import { formOf } from '../../support/stored-files.ts'
import { createTestApp, type RequestOptions, type TestApp } from '../../support/test-app.ts'

const docs = '/api/collections/docs/records'

interface Shelf {
  readonly app: TestApp
  readonly id: string
  readonly name: string
  /** The path of the file. */
  readonly path: string
  get(options?: RequestOptions): ReturnType<TestApp['get']>
}

/** A document with one file. */
async function createShelf(
  content: string | Uint8Array<ArrayBuffer> = '0123456789',
  fileName = 'digits.txt',
): Promise<Shelf> {
  const app = createTestApp()
  const { token } = await signInSuperuser(app)
  const fields = [
    { type: 'file', name: 'f' },
    { type: 'text', name: 't' },
  ]
  await createCollections(app, token, { name: 'docs', fields })
  const { body } = await app.post(docs, formOf(['f', new File([content], fileName)]))
  const { id, f: name } = body as { id: string; f: string }
  const path = `/api/files/docs/${id}/${name}`
  return { app, id, name, path, get: (options) => app.get(path, options) }
}

describe('a file', () => {
  it('has headers that let browsers cache it, and run nothing of it', async ({ expect }) => {
    const { name, get } = await createShelf()

    const { status, body, headers } = await get()

    expect([status, body]).toEqual([200, '0123456789'])
    expect(Object.fromEntries(headers)).toMatchObject({
      'accept-ranges': 'bytes',
      'cache-control': 'max-age=2592000, stale-while-revalidate=86400',
      'content-disposition': `attachment; filename=${name}`,
      'content-length': '10',
      'content-security-policy':
        "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox",
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      etag: expect.stringMatching(/^"\w+"$/),
      'last-modified': expect.stringMatching(/ GMT$/),
    })
    expect(headers.has('x-frame-options')).toBe(false)
  })

  // An uploaded file must not become a page of ours, whatever its name and content.
  it.for([
    ['a page', 'page.html', '<html><script>alert(1)</script></html>', 'text/html; charset=utf-8'],
    ['a page without an ending', 'page', '<!DOCTYPE html><p>x', 'text/html; charset=utf-8'],
    ['a drawing', 'drawing.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml'],
    ['a script', 'code.js', 'alert(1)', 'text/javascript'],
  ] as const)('is saved, not shown, when it is %s', async ([, name, content, type], { expect }) => {
    const { headers } = await (await createShelf(content, name)).get()

    expect(headers.get('content-disposition')).toMatch(/^attachment; /)
    expect(headers.get('content-security-policy')).toContain('sandbox')
    expect(headers.get('content-type')).toBe(type)
  })

  it.for([
    {
      name: 'an image named as a script',
      given: 'code.js',
      stored: ['GIF89a=1;alert()', 'image/gif'],
      served: 'image/gif',
    },
    {
      name: 'a PDF named as a page',
      given: 'page.html',
      stored: ['%PDF-1.7', 'application/pdf'],
      served: 'application/pdf',
    },
    {
      name: 'an image named as an SVG',
      given: 'drawing.svg',
      stored: ['GIF89a', 'image/gif'],
      served: 'image/gif',
    },
  ] as const)(
    'that was stored before names had to fit is served as what it is, and saved: $name',
    async ({ given, stored: [content, contentType], served }, { expect }) => {
      const { app, id, name, path } = await createShelf('text', given)
      const key = `docs_id/${id}/${name}`
      await bindings.FILES.put(key, content, { httpMetadata: { contentType } })

      const { headers } = await app.request('HEAD', path)

      expect(headers.get('content-type')).toBe(served)
      expect(headers.get('content-disposition')).toMatch(/^attachment; /)
    },
  )

  it('is described by HEAD without its content', async ({ expect }) => {
    const { app, path } = await createShelf()

    const whole = await app.request('HEAD', path)
    const part = await app.request('HEAD', path, { headers: { Range: 'bytes=2-4' } })

    expect([whole.status, whole.body]).toEqual([200, undefined])
    expect(whole.headers.get('content-length')).toBe('10')
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 2-4/10'])
  })

  it.for([
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-2', '89', 'bytes 8-9/10'],
    ['bytes=8-100', '89', 'bytes 8-9/10'],
  ] as const)('gives the part %s', async ([range, text, contentRange], { expect }) => {
    const answer = await (await createShelf()).get({ headers: { Range: range } })

    expect([answer.status, answer.body]).toEqual([206, text])
    expect(answer.headers.get('content-range')).toBe(contentRange)
    expect(answer.headers.get('content-length')).toBe(String(text.length))
  })

  it('has no range beyond its end', async ({ expect }) => {
    const answer = await (await createShelf()).get({ headers: { Range: 'bytes=10-' } })

    expect([answer.status, answer.body]).toEqual([416, 'invalid range: failed to overlap\n'])
    expect(answer.headers.get('content-range')).toBe('bytes */10')
    expect(answer.headers.has('cache-control')).toBe(false)
  })

  it('is not sent again to a client that has it', async ({ expect }) => {
    const { get } = await createShelf()
    const first = await get()
    const etag = first.headers.get('etag') ?? ''
    const modified = first.headers.get('last-modified') ?? ''
    const ask = async (headers: Record<string, string>): Promise<number> =>
      (await get({ headers })).status

    expect(await ask({ 'If-None-Match': etag })).toBe(304)
    expect(await ask({ 'If-None-Match': `"other", W/${etag}` })).toBe(304)
    expect(await ask({ 'If-None-Match': '*' })).toBe(304)
    expect(await ask({ 'If-None-Match': '"other"' })).toBe(200)
    expect(await ask({ 'If-Modified-Since': modified })).toBe(304)
    expect(await ask({ 'If-Modified-Since': 'Sat, 01 Jan 2000 00:00:00 GMT' })).toBe(200)
    // The ETag has precedence if both are sent.
    expect(await ask({ 'If-None-Match': '"other"', 'If-Modified-Since': modified })).toBe(200)
  })

  it('is not sent to a client that expects an earlier version', async ({ expect }) => {
    const { get } = await createShelf()
    const { headers } = await get()
    const etag = headers.get('etag') ?? ''
    const modified = headers.get('last-modified') ?? ''
    const before = 'Sat, 01 Jan 2000 00:00:00 GMT'
    const ask = async (conditions: Record<string, string>): Promise<number> =>
      (await get({ headers: conditions })).status

    expect(await ask({ 'If-Match': etag })).toBe(200)
    expect(await ask({ 'If-Match': `"other", ${etag}` })).toBe(200)
    expect(await ask({ 'If-Match': '*' })).toBe(200)
    expect(await ask({ 'If-Match': '"other"' })).toBe(412)
    expect(await ask({ 'If-Match': `W/${etag}` })).toBe(412)
    expect(await ask({ 'If-Match': '"other"', Range: 'bytes=0-1' })).toBe(412)
    expect(await ask({ 'If-Match': '"other"', 'If-None-Match': etag })).toBe(412)
    expect(await ask({ 'If-Match': etag, 'If-None-Match': etag })).toBe(304)
    expect(await ask({ 'If-Unmodified-Since': modified })).toBe(200)
    expect(await ask({ 'If-Unmodified-Since': before })).toBe(412)
    expect(await ask({ 'If-Unmodified-Since': 'no date' })).toBe(200)
    // The ETag has precedence if both are sent.
    expect(await ask({ 'If-Match': etag, 'If-Unmodified-Since': before })).toBe(200)
  })

  it('is not part of the response to a failed precondition', async ({ expect }) => {
    const answer = await (await createShelf()).get({ headers: { 'If-Match': '"other"' } })

    expect(answer.body).toBeUndefined()
    expect(answer.headers.get('content-length')).toBe('0')
    expect(answer.headers.has('etag')).toBe(true)
    expect(answer.headers.get('content-security-policy')).toContain('sandbox')
    expect(answer.headers.has('x-frame-options')).toBe(false)
  })

  it('is sent as a whole if the range is of an earlier version', async ({ expect }) => {
    const { get } = await createShelf()
    const { headers } = await get()
    const ask = async (validator: string): Promise<number> =>
      (await get({ headers: { Range: 'bytes=0-1', 'If-Range': validator } })).status

    expect(await ask(headers.get('etag') ?? '')).toBe(206)
    expect(await ask(headers.get('last-modified') ?? '')).toBe(206)
    expect(await ask('"other"')).toBe(200)
    expect(await ask(`W/${headers.get('etag')}`)).toBe(200)
    expect(await ask('Sat, 01 Jan 2000 00:00:00 GMT')).toBe(200)
  })

  it('exists as long as its record names it', async ({ expect }) => {
    const { app, id, path } = await createShelf()
    const { objects } = await bindings.FILES.list()
    const [{ key } = { key: '' }] = objects
    await bindings.FILES.put(`docs_id/${id}/unnamed.txt`, 'x')

    expect((await app.get(`/api/files/docs/${id}/unnamed.txt`)).status).toBe(404)
    expect((await app.get(path)).status).toBe(200)
    await bindings.DB.prepare(`UPDATE "docs" SET "f" = ''`).run()
    expect(await bindings.FILES.head(key)).not.toBeNull()
    expect((await app.get(path)).status).toBe(404)
  })

  it('is missing if the bucket has lost it', async ({ expect }) => {
    const { id, name, get } = await createShelf()
    await bindings.FILES.delete(`docs_id/${id}/${name}`)

    const { status, body } = await get()

    expect(status).toBe(404)
    expect(body).toEqual({ data: {}, message: "The requested resource wasn't found.", status: 404 })
  })

  it.for([
    ['another record', (shelf: Shelf) => `/api/files/docs/missing00000000/${shelf.name}`],
    ['another collection', (shelf: Shelf) => `/api/files/users/${shelf.id}/${shelf.name}`],
    [
      'a path in place of a name',
      (shelf: Shelf) => `/api/files/docs/${shelf.id}/x%2F..%2F${shelf.name}`,
    ],
    [
      'an id that leads elsewhere',
      (shelf: Shelf) => `/api/files/docs/x%2F..%2F${shelf.id}/${shelf.name}`,
    ],
    [
      'a thumbnail by its key',
      (shelf: Shelf) => `/api/files/docs/${shelf.id}/thumbs_${shelf.name}%2F100x100_${shelf.name}`,
    ],
    ['a backup', () => '/api/files/@backups/x/backup.zip'],
  ] as const)('is not to be had through %s', async ([, pathOf], { expect }) => {
    const shelf = await createShelf()
    await bindings.FILES.put('@backups/x/backup.zip', 'secret')

    expect((await shelf.app.get(pathOf(shelf))).status).toBe(404)
  })
})
