import { describe, it } from 'vitest'
import { signInSuperuser } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { codesOf, createCollections } from '../../support/collections.ts'
import {
  formOf,
  storedKeys,
  storedText,
  tinyPng,
  waitingSweeps,
} from '../../support/stored-files.ts'
import { type Answer, createTestApp, type TestApp } from '../../support/test-app.ts'

const docs = '/api/collections/docs/records'

interface World {
  readonly app: TestApp
  readonly token: string
}

async function createWorld({
  rules = {},
  ...options
}: Record<string, unknown> & { readonly rules?: object } = {}): Promise<World> {
  const app = createTestApp()
  const { token } = await signInSuperuser(app)
  await createCollections(app, token, {
    name: 'docs',
    fields: [
      { type: 'text', name: 'title' },
      { type: 'file', name: 'one', maxSelect: 1, ...options },
      { type: 'file', name: 'many', maxSelect: 3, ...options },
      { type: 'file', name: 'secret', maxSelect: 1, hidden: true },
    ],
    ...rules,
  })
  return { app, token }
}

interface Doc {
  readonly id: string
  readonly one: string
  readonly many: readonly string[]
}

function docOf({ status, body }: Answer): Doc {
  if (status !== 200) throw new Error(`Refused: ${JSON.stringify(body)}`)
  return body as Doc
}

const text = (content: string, name: string): File => new File([content], name)

/** Replaces the random characters of names. */
function shapeOf(name: string): string {
  return name.replace(/_[a-z0-9]{10}(?=\.|$)/, '_XXXXXXXXXX')
}

describe('an upload', () => {
  it('stores each file under its record, with type and original name', async ({ expect }) => {
    const { app } = await createWorld()

    const form = formOf(
      ['title', 'A'],
      ['one', new File([tinyPng], 'My Photo.png', { type: 'text/html' })],
      ['many', text('first', 'a b.txt')],
      ['many', text('second', 'c.d.txt')],
    )
    const doc = docOf(await app.post(docs, form))

    expect(doc).toMatchObject({ title: 'A' })
    expect(shapeOf(doc.one)).toBe('my_photo_XXXXXXXXXX.png')
    expect(doc.many.map(shapeOf)).toEqual([
      'a_b_XXXXXXXXXX.txt',
      expect.stringMatching(/^c.{10}_XXXXXXXXXX\.d\.txt$/),
    ])
    const prefix = `docs_id/${doc.id}/`
    expect(await storedKeys()).toEqual(
      [doc.one, ...doc.many].map((name) => prefix + name).toSorted(),
    )
    const picture = await bindings.FILES.head(prefix + doc.one)
    expect(picture?.httpMetadata?.contentType).toBe('image/png')
    expect(picture?.customMetadata).toEqual({ 'original-filename': 'My%20Photo.png' })
    expect(await storedText(prefix + (doc.many[1] ?? ''))).toBe('second')
    expect(await waitingSweeps()).toBe(0)
  })

  it('appends, prepends, keeps by name, replaces, and deletes by name', async ({ expect }) => {
    const { app } = await createWorld()
    const { id, many } = docOf(await app.post(docs, formOf(['many', text('1', 'one.txt')])))
    const path = `${docs}/${id}`
    const names = (answer: Answer): string[] =>
      docOf(answer).many.map((name) => name.replace(/_.*/, ''))

    const appended = await app.patch(path, formOf(['many+', text('2', 'two.txt')]))
    const prepended = await app.patch(path, formOf(['+many', text('0', 'zero.txt')]))
    const full = docOf(prepended).many
    const tooMany = await app.patch(path, formOf(['many+', text('3', 'three.txt')]))
    const removed = await app.patch(path, { 'many-': [full[0]] })
    const kept = await app.patch(
      path,
      formOf(['many', many[0] ?? ''], ['many', text('4', 'four.txt')]),
    )

    expect(names(appended)).toEqual(['one', 'two'])
    expect(names(prepended)).toEqual(['zero', 'one', 'two'])
    expect(codesOf(tooMany)).toEqual({ many: 'validation_too_many_files' })
    expect(names(removed)).toEqual(['one', 'two'])
    expect(names(kept)).toEqual(['one', 'four'])
    const stored = docOf(kept).many.map((name) => `docs_id/${id}/${name}`)
    expect(await storedKeys()).toEqual(stored.toSorted())

    const cleared = await app.patch(path, { many: [] })
    expect(docOf(cleared).many).toEqual([])
    expect(await storedKeys()).toEqual([])
    expect(await waitingSweeps()).toBe(0)
  })

  it('keeps only the last of several files of a field for one', async ({ expect }) => {
    const { app } = await createWorld()

    const form = formOf(['one', text('1', 'first.txt')], ['one', text('2', 'second.txt')])
    const doc = docOf(await app.post(docs, form))

    expect(shapeOf(doc.one)).toBe('second_XXXXXXXXXX.txt')
    expect(await storedKeys()).toEqual([`docs_id/${doc.id}/${doc.one}`])
  })

  it('replaces a file and removes the previous one', async ({ expect }) => {
    const { app } = await createWorld()
    const before = docOf(await app.post(docs, formOf(['one', text('1', 'before.txt')])))

    const after = docOf(
      await app.patch(`${docs}/${before.id}`, formOf(['one', text('2', 'after.txt')])),
    )

    expect(await storedKeys()).toEqual([`docs_id/${before.id}/${after.one}`])
    expect(await storedText(`docs_id/${before.id}/${after.one}`)).toBe('2')
  })

  it('removes the files of a deleted record and its cascade', async ({ expect }) => {
    const { app, token } = await createWorld()
    await createCollections(app, token, {
      name: 'pages',
      fields: [
        { type: 'file', name: 'scan', maxSelect: 1 },
        {
          type: 'relation',
          name: 'doc',
          collectionId: 'docs_id',
          cascadeDelete: true,
          maxSelect: 1,
        },
      ],
    })
    const doc = docOf(await app.post(docs, formOf(['one', text('1', 'a.txt')])))
    const other = docOf(await app.post(docs, formOf(['one', text('1', 'b.txt')])))
    await app.post(
      '/api/collections/pages/records',
      formOf(['doc', doc.id], ['scan', text('2', 'c.txt')]),
    )
    expect(await storedKeys()).toHaveLength(3)

    await app.delete(`${docs}/${doc.id}`)

    expect(await storedKeys()).toEqual([`docs_id/${other.id}/${other.one}`])
    expect(await waitingSweeps()).toBe(0)
  })

  it('removes the files of a truncated collection', async ({ expect }) => {
    const { app, token } = await createWorld()
    await app.post(docs, formOf(['one', text('1', 'a.txt')]))
    await app.post(docs, formOf(['many', text('1', 'b.txt')]))

    await app.delete('/api/collections/docs/truncate', { token })

    expect(await storedKeys()).toEqual([])
  })

  it('uses the id in the form at any position', async ({ expect }) => {
    const { app } = await createWorld()

    const doc = docOf(
      await app.post(docs, formOf(['one', text('1', 'a.txt')], ['id', 'chosen000000001'])),
    )

    expect(doc.id).toBe('chosen000000001')
    expect(await storedKeys()).toEqual([`docs_id/chosen000000001/${doc.one}`])
  })

  it('accepts typed values beside files, as the official client sends them', async ({ expect }) => {
    const { app } = await createWorld()

    const form = formOf(['@jsonPayload', '{"title":"007"}'], ['one', text('1', 'a.txt')])

    expect(docOf(await app.post(docs, form))).toMatchObject({ title: '007' })
  })

  it('accepts an empty file', async ({ expect }) => {
    const { app } = await createWorld()

    const doc = docOf(await app.post(docs, formOf(['one', text('', 'empty.txt')])))

    expect(await storedText(`docs_id/${doc.id}/${doc.one}`)).toBe('')
  })
})

describe('files too large for memory', () => {
  const mebibyte = 2 ** 20
  const bytesOf = (size: number, value: number): File =>
    new File([new Uint8Array(size).fill(value)], `${value}.bin`)

  it('are sent together and stored separately', async ({ expect }) => {
    const { app } = await createWorld({ maxSize: 20 * mebibyte })
    const form = formOf(
      ['one', bytesOf(9 * mebibyte, 1)],
      ['many', bytesOf(3, 2)],
      ['many', bytesOf(8 * mebibyte, 3)],
      ['many', bytesOf(9 * mebibyte + 1, 4)],
    )

    const { id, one, many } = docOf(await app.post(docs, form))

    const stored = await Promise.all(
      [one, ...many].map(async (name) => {
        const object = await bindings.FILES.get(`docs_id/${id}/${name}`)
        const bytes = new Uint8Array((await object?.arrayBuffer()) ?? new ArrayBuffer(0))
        return { size: bytes.length, values: [...new Set(bytes)] }
      }),
    )
    expect(stored).toEqual([
      { size: 9 * mebibyte, values: [1] },
      { size: 3, values: [2] },
      { size: 8 * mebibyte, values: [3] },
      { size: 9 * mebibyte + 1, values: [4] },
    ])
    expect(await storedKeys()).toHaveLength(4)
    expect(await waitingSweeps()).toBe(0)
  })

  // A client must not raise the cost of a request with many files before its rules are checked.
  it('cost one multipart upload, whatever their number', async ({ expect }) => {
    await createWorld({ rules: { createRule: "title = 'open'" } })
    const sent: string[] = []
    const FILES = {
      async createMultipartUpload(key: string) {
        sent.push('upload')
        return await bindings.FILES.createMultipartUpload(key)
      },
      list: (options: R2ListOptions) => bindings.FILES.list(options),
      delete: (keys: string[]) => bindings.FILES.delete(keys),
    } as unknown as typeof bindings.FILES
    const app = createTestApp({ FILES })
    const small = Array.from({ length: 200 }, () => ['many', bytesOf(10, 7)] as const)

    const { status } = await app.post(docs, formOf(['one', bytesOf(8 * mebibyte, 1)], ...small))

    expect(status).toBe(400)
    expect(sent).toEqual(['upload'])
    expect(await storedKeys()).toEqual([])
  })
})

describe('a rejected upload stores nothing', () => {
  it.for([
    {
      name: 'too large a file',
      options: { maxSize: 4 },
      issue: { code: 'validation_file_size_limit', params: { file: 'a.txt', maxSize: 4 } },
    },
    {
      name: 'a type that is not allowed, whatever its name',
      options: { mimeTypes: ['image/png'] },
      issue: { code: 'validation_invalid_mime_type' },
    },
  ])('$name', async ({ options, issue }, { expect }) => {
    const { app } = await createWorld(options)

    const file = new File(['hello'], 'a.txt', { type: 'image/png' })
    const { status, body } = await app.post(docs, formOf(['one', file]))

    expect(status).toBe(400)
    expect(body).toMatchObject({ data: { one: issue } })
    expect(await storedKeys()).toEqual([])
    expect(await waitingSweeps()).toBe(0)
  })

  it.for([
    { name: 'a picture called a script', file: new File(['GIF89a=1;alert()'], 'x.js') },
    { name: 'a picture called a page', file: new File(['GIF89a'], 'x.HTML') },
    { name: 'a page called a picture', file: new File(['<script>alert(1)</script>'], 'x.png') },
    {
      name: 'an SVG named as a photo',
      file: new File(['<svg xmlns="http://www.w3.org/2000/svg"/>'], 'x.jpeg'),
    },
    { name: 'a text called a film for Flash', file: new File(['text'], 'x.swf') },
  ])('$name, whichever types the field takes', async ({ file }, { expect }) => {
    const { app } = await createWorld({
      mimeTypes: ['image/gif', 'text/html', 'image/svg+xml', 'text/plain'],
    })

    const { status, body } = await app.post(docs, formOf(['one', file]))

    expect(status).toBe(400)
    expect(body).toMatchObject({ data: { one: { code: 'validation_invalid_mime_type' } } })
    expect(await storedKeys()).toEqual([])
  })

  it('a rule that rejects it', async ({ expect }) => {
    const { app } = await createWorld({ rules: { createRule: "title = 'open'" } })

    const { status } = await app.post(docs, formOf(['one', text('1', 'a.txt')]))

    expect(status).toBe(400)
    expect(await storedKeys()).toEqual([])
    expect(await waitingSweeps()).toBe(0)
  })

  it('a file for a hidden field, which only superusers set', async ({ expect }) => {
    const { app, token } = await createWorld()

    const guest = await app.post(docs, formOf(['secret', text('1', 'a.txt')]))
    expect(guest.status).toBe(200)
    expect(await storedKeys()).toEqual([])

    await app.post(docs, formOf(['secret', text('1', 'a.txt')]), { token })
    expect(await storedKeys()).toHaveLength(1)
  })

  it('another record’s file, by its name', async ({ expect }) => {
    const { app } = await createWorld()
    const { one } = docOf(await app.post(docs, formOf(['one', text('1', 'a.txt')])))

    const answer = await app.post(docs, { one })

    expect(codesOf(answer)).toEqual({ one: 'validation_invalid_file' })
  })

  it('a duplicate value beside a file', async ({ expect }) => {
    const { app, token } = await createWorld()
    await app.patch(
      '/api/collections/docs',
      { indexes: ['CREATE UNIQUE INDEX `idx_title` ON `docs` (`title`)'] },
      { token },
    )
    const { one, id } = docOf(
      await app.post(docs, formOf(['title', 'x'], ['one', text('1', 'a.txt')])),
    )

    const answer = await app.post(docs, formOf(['title', 'x'], ['one', text('2', 'b.txt')]))

    expect(codesOf(answer)).toEqual({ title: 'validation_not_unique' })
    expect(await storedKeys()).toEqual([`docs_id/${id}/${one}`])
    expect(await waitingSweeps()).toBe(0)
  })
})

describe('files in a batch', () => {
  async function createBatchWorld(): Promise<World> {
    const world = await createWorld()
    await world.app.patch('/api/settings', { batch: { enabled: true } }, { token: world.token })
    return world
  }

  it('go to the request they are named after', async ({ expect }) => {
    const { app } = await createBatchWorld()
    const requests = [
      { method: 'POST', url: docs, body: { title: 'a' } },
      { method: 'POST', url: docs, body: { title: 'b', one: 'is replaced' } },
    ]

    const { status, body } = await app.post(
      '/api/batch',
      formOf(
        ['requests.0.many', text('0', 'zero.txt')],
        ['requests.0.many', text('1', 'one.txt')],
        ['requests[1].one', text('2', 'two.txt')],
        ['@jsonPayload', JSON.stringify({ requests })],
      ),
    )

    expect(status).toBe(200)
    const [first, second] = body as { body: Doc }[]
    expect(first?.body.many.map(shapeOf)).toEqual(['zero_XXXXXXXXXX.txt', 'one_XXXXXXXXXX.txt'])
    expect(await storedText(`docs_id/${second?.body.id}/${second?.body.one}`)).toBe('2')
    expect(await storedKeys()).toHaveLength(3)
    expect(await waitingSweeps()).toBe(0)
  })

  it('are removed if a later request fails', async ({ expect }) => {
    const { app } = await createBatchWorld()
    const requests = [
      { method: 'POST', url: docs, body: { id: 'same00000000001' } },
      { method: 'POST', url: docs, body: { id: 'same00000000001' } },
    ]

    const { status } = await app.post(
      '/api/batch',
      formOf(
        ['@jsonPayload', JSON.stringify({ requests })],
        ['requests.0.one', text('0', 'zero.txt')],
      ),
    )

    expect(status).toBe(400)
    expect(await storedKeys()).toEqual([])
    expect(await waitingSweeps()).toBe(0)
  })
})

describe('two concurrent uploads', () => {
  it('that replace one file keep the named one', async ({ expect }) => {
    const { app } = await createWorld()
    const { id } = docOf(await app.post(docs, formOf(['one', text('0', 'first.txt')])))
    const replace = (name: string) =>
      app.patch(`${docs}/${id}`, formOf(['one', text(name, `${name}.txt`)]))

    await Promise.all(['aaa', 'bbb', 'ccc', 'ddd'].map(replace))

    const { one } = docOf(await app.get(`${docs}/${id}`))
    expect(await storedKeys()).toEqual([`docs_id/${id}/${one}`])
    expect(await waitingSweeps()).toBe(0)
  })

  it('leave nothing if one deletes the record', async ({ expect }) => {
    const { app } = await createWorld()
    const { id } = docOf(await app.post(docs, formOf(['one', text('0', 'first.txt')])))
    // The record is deleted while the file is being uploaded.
    const bucket = new Proxy(bindings.FILES, {
      get: (target, name) => {
        const method = Reflect.get(target, name).bind(target)
        return name !== 'put'
          ? method
          : async (...request: unknown[]) => {
              await app.delete(`${docs}/${id}`)
              return await method(...request)
            }
      },
    })
    const slow = createTestApp({ FILES: bucket })

    const { status } = await slow.patch(`${docs}/${id}`, formOf(['one', text('1', 'second.txt')]))

    expect(status).toBe(404)
    expect(await storedKeys()).toEqual([])
    expect(await waitingSweeps()).toBe(0)
  })
})
