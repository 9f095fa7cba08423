import { describe, it } from 'vitest'
import { ApiError } from '#kernel/errors.ts'
import type { Bucket, StoredObject, StoredObjectBody } from '#platform/bindings.ts'
import { guardBucket } from '#platform/outages.ts'
import { knownLength } from '../support/known-length.ts'

type CreateBucket = () => Bucket

/** The smallest part that another one may follow. */
const partBytes = 5 * 1024 * 1024

/** Tests of all that the product expects of an empty bucket. */
export function describeBucket(name: string, create: CreateBucket): void {
  describe(`the bucket ${name}`, () => {
    describe('stores', () => {
      describeStoring(create)
    })
    describe('reads', () => {
      describeReading(create)
    })
    describe('deletes', () => {
      describeDeleting(create)
    })
    describe('lists', () => {
      describeListing(create)
    })
    describe('uploads in parts', () => {
      describeUploads(create)
    })
  })
}

function bytesOf(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + seed * 7 + (i >> 8)) & 255)
}

async function textOf(object: StoredObjectBody | null): Promise<string | undefined> {
  return object === null ? undefined : new TextDecoder().decode(await object.arrayBuffer())
}

async function isOutage(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call()
  } catch (error) {
    return error instanceof ApiError
  }
  throw new Error('It does not fail.')
}

function describeStoring(create: CreateBucket): void {
  type Content = Parameters<Bucket['put']>[1]
  const contents: readonly { name: string; content: () => Content; text: string }[] = [
    { name: 'text', content: () => 'Grüße', text: 'Grüße' },
    { name: 'nothing', content: () => '', text: '' },
    { name: 'bytes', content: () => new TextEncoder().encode('bytes'), text: 'bytes' },
    {
      name: 'a part of bytes',
      content: () => new TextEncoder().encode('xbytesx').subarray(1, 6),
      text: 'bytes',
    },
    {
      name: 'a buffer',
      content: () => new Uint8Array([98, 121, 116, 101, 115]).buffer,
      text: 'bytes',
    },
    {
      name: 'a stream of known length',
      content: () => knownLength(['by', 'tes'], 5),
      text: 'bytes',
    },
  ]
  it.for(contents)('$name', async ({ content, text }, { expect }) => {
    const bucket = create()

    const stored = await bucket.put('a/b.txt', content())

    expect(stored).toMatchObject({ key: 'a/b.txt', size: new TextEncoder().encode(text).length })
    expect(await textOf(await bucket.get('a/b.txt'))).toBe(text)
  })

  it('metadata', async ({ expect }) => {
    const bucket = create()
    const metadata = {
      httpMetadata: { contentType: 'text/plain; charset=utf-8' },
      customMetadata: { original: 'Grüße "1".txt', empty: '' },
    }

    const before = Date.now()
    const stored = await bucket.put('a', 'x', metadata)

    for (const object of [stored, await bucket.head('a'), await bucket.get('a')]) {
      expect(object).toMatchObject({ ...metadata, key: 'a', size: 1, etag: stored.etag })
      expect(object?.uploaded).toBeInstanceOf(Date)
      expect(Math.abs(Number(object?.uploaded) - before)).toBeLessThan(600_000)
    }
  })

  it('an ETag that changes with the content', async ({ expect }) => {
    const bucket = create()

    const first = await bucket.put('a', 'one')
    const second = await bucket.put('a', 'two')

    expect(first.etag).not.toBe(second.etag)
    expect(second.etag).toMatch(/^[\w-]+$/)
    expect(second.httpEtag).toBe(`"${second.etag}"`)
    expect((await bucket.head('a'))?.etag).toBe(second.etag)
  })

  it('in place of an older object, with none of its metadata', async ({ expect }) => {
    const bucket = create()
    await bucket.put('a', 'a long content', {
      httpMetadata: { contentType: 'text/html' },
      customMetadata: { old: '1' },
    })

    await bucket.put('a', 'short')

    const object = await bucket.get('a')
    expect(object?.customMetadata ?? {}).toEqual({})
    expect(object?.httpMetadata?.contentType).toBeUndefined()
    expect([object?.size, await textOf(object)]).toEqual([5, 'short'])
  })

  it.for([
    'a/b',
    'a',
    'a/b/c',
    'A',
    '../outside',
    '../../etc/passwd',
    '/absolute',
    'a//b',
    '.',
    '..',
    'a/.',
    'a/../b',
    '.hidden',
    'ends/',
    'con',
    'a\\b',
    'a:b*?"<>|',
    'ä',
    'a\u0308',
    '日本/😀',
    'per%2Fcent %00',
    'new\nline',
    ' spaces ',
    '@backups/x.zip',
    'x'.repeat(1024),
    `${'d'.repeat(300)}/${'f'.repeat(300)}`,
    'ü'.repeat(500),
  ])('under the key %j, and under no other', async (key, { expect }) => {
    const bucket = create()
    const others = ['a', 'a/b', 'a/b/c', 'A', 'ä', 'b'].filter((other) => other !== key)
    for (const other of others) await bucket.put(other, `content of ${other}`)

    await bucket.put(key, 'mine', { customMetadata: { key: 'mine' } })

    expect(await textOf(await bucket.get(key))).toBe('mine')
    expect((await bucket.head(key))?.key).toBe(key)
    for (const other of others) {
      expect(await textOf(await bucket.get(other))).toBe(`content of ${other}`)
    }
    const { objects } = await bucket.list({ prefix: '' })
    expect(objects.map((object) => object.key).toSorted()).toEqual([...others, key].toSorted())
    await bucket.delete(key)
    expect(await bucket.head(key)).toBeNull()
  })

  it('no key of more than 1024 bytes', async ({ expect }) => {
    const bucket = guardBucket(create())

    expect(await isOutage(() => bucket.put('ü'.repeat(513), 'x'))).toBe(false)
    expect((await bucket.list({ prefix: '' })).objects).toEqual([])
  })

  it('nothing of a stream that breaks off', async ({ expect }) => {
    const bucket = create()
    await bucket.put('a', 'old')

    await expect(bucket.put('a', knownLength(['ne', new Error('gone')], 3))).rejects.toThrow()
    await expect(bucket.put('b', knownLength(['ne', new Error('gone')], 3))).rejects.toThrow()

    expect(await textOf(await bucket.get('a'))).toBe('old')
    expect(await bucket.head('b')).toBeNull()
    expect((await bucket.list({ prefix: '' })).objects.map(({ key }) => key)).toEqual(['a'])
  })

  it('many objects at once', async ({ expect }) => {
    const bucket = create()
    const keys = Array.from({ length: 60 }, (_, i) => `d${i % 7}/f${i}`)

    await Promise.all(keys.map((key) => bucket.put(key, key)))

    expect(await Promise.all(keys.map(async (key) => await textOf(await bucket.get(key))))).toEqual(
      keys,
    )
  })

  it('one of the contents that are put under a key at once', async ({ expect }) => {
    const bucket = create()
    const texts = Array.from({ length: 10 }, (_, i) => `${i}`.repeat(1000 + i))

    await Promise.all(
      texts.map((content) => bucket.put('a', content, { customMetadata: { content } })),
    )

    const object = await bucket.get('a')
    const text = await textOf(object)
    expect(texts).toContain(text)
    expect(object).toMatchObject({ size: text?.length, customMetadata: { content: text } })
  })
}

function describeReading(create: CreateBucket): void {
  it('a missing object as null', async ({ expect }) => {
    const bucket = create()
    await bucket.put('a/b', 'x')

    for (const key of ['a', 'a/', 'a/b/', 'b', 'A/B']) {
      expect(await bucket.head(key)).toBeNull()
      expect(await bucket.get(key)).toBeNull()
      expect(await bucket.get(key, { range: { offset: 0, length: 1 } })).toBeNull()
    }
  })

  it.for([
    { offset: 0, length: 5, text: 'hello' },
    { offset: 1, length: 2, text: 'el' },
    { offset: 4, length: 1, text: 'o' },
    { offset: 3, length: 100, text: 'lo' },
  ])('a range: $offset, $length', async ({ offset, length, text }, { expect }) => {
    const bucket = create()
    await bucket.put('a', 'hello', { httpMetadata: { contentType: 'text/plain' } })

    const object = await bucket.get('a', { range: { offset, length } })

    expect(object).toMatchObject({ size: 5, httpMetadata: { contentType: 'text/plain' } })
    expect(await textOf(object)).toBe(text)
  })

  it('no range beyond the end', async ({ expect }) => {
    const bucket = create()
    await bucket.put('a', 'hello')

    await expect(bucket.get('a', { range: { offset: 6, length: 1 } })).rejects.toThrow()
  })

  it('a large object as a stream', async ({ expect }) => {
    const bucket = create()
    const content = bytesOf(3_000_001)
    await bucket.put('a', content)

    const object = await bucket.get('a')
    let [at, isEqual, most] = [0, true, 0]
    for await (const chunk of object?.body ?? []) {
      isEqual &&= chunk.every((byte, i) => byte === content[at + i])
      at += chunk.length
      most = Math.max(most, chunk.length)
    }

    expect([at, isEqual]).toEqual([content.length, true])
    expect(most).toBeLessThan(content.length)
  })

  it('what was there at the call, if it is replaced or deleted meanwhile', async ({ expect }) => {
    const bucket = create()
    await bucket.put('a', 'a'.repeat(500_000))
    await bucket.put('b', 'b'.repeat(500_000))
    const [a, b] = [await bucket.get('a'), await bucket.get('b')]

    await bucket.put('a', 'new')
    await bucket.delete('b')

    expect(await textOf(a)).toBe('a'.repeat(500_000))
    expect(await textOf(b)).toBe('b'.repeat(500_000))
    expect([await textOf(await bucket.get('a')), await bucket.get('b')]).toEqual(['new', null])
  })

  it('on after a reader has gone', async ({ expect }) => {
    const bucket = create()
    await bucket.put('a', bytesOf(1_000_000))

    for (let reader = 0; reader < 20; reader++) {
      const stream = (await bucket.get('a'))?.body.getReader()
      if (reader % 2 === 0) await stream?.read()
      await stream?.cancel()
    }

    expect((await (await bucket.get('a'))?.arrayBuffer())?.byteLength).toBe(1_000_000)
  })
}

function describeDeleting(create: CreateBucket): void {
  it('one or many keys, and ignores missing ones', async ({ expect }) => {
    const bucket = create()
    for (const key of ['a', 'a/b', 'a/c', 'd']) await bucket.put(key, 'x')

    await bucket.delete('a')
    await bucket.delete(['a/b', 'missing', 'missing/too', 'a/b'])
    await bucket.delete([])
    await bucket.delete('a')

    const { objects } = await bucket.list({ prefix: '' })
    expect(objects.map(({ key }) => key)).toEqual(['a/c', 'd'])
  })

  it('a thousand keys', async ({ expect }) => {
    const bucket = create()
    await bucket.put('k7', 'x')
    await bucket.put('z', 'x')

    await bucket.delete(Array.from({ length: 1000 }, (_, i) => `k${i}`))

    const { objects } = await bucket.list({ prefix: '' })
    expect(objects.map(({ key }) => key)).toEqual(['z'])
  })
}

function describeListing(create: CreateBucket): void {
  const keys = ['a', 'A', 'a/1', 'a/10', 'a/2', 'a-', 'a0', 'b/x', 'ä', '\uFFEE', '😀', 'a_', 'a%']
  const inOrder = [
    'A',
    'a',
    'a%',
    'a-',
    'a/1',
    'a/10',
    'a/2',
    'a0',
    'a_',
    'b/x',
    'ä',
    '\uFFEE',
    '😀',
  ]

  async function filled(): Promise<Bucket> {
    const bucket = create()
    for (const key of keys) {
      await bucket.put(key, key, {
        httpMetadata: { contentType: 'text/plain' },
      })
    }
    return bucket
  }

  const namesOf = ({ objects }: { readonly objects: readonly StoredObject[] }): string[] =>
    objects.map(({ key }) => key)

  it('all objects in order of their bytes', async ({ expect }) => {
    const bucket = await filled()

    const page = await bucket.list({ prefix: '' })

    expect(namesOf(page)).toEqual(inOrder)
    expect(page.truncated).toBe(false)
    expect(page.objects[0]).toMatchObject({ key: 'A', size: 1 })
    expect(page.objects[0]?.etag).toBe((await bucket.head('A'))?.etag)
    expect(page.objects[0]?.uploaded).toBeInstanceOf(Date)
  })

  it.for(['a', 'a/', 'a/1', 'a_', 'a%', 'b', 'b/x', 'c', 'ä'])(
    'by the prefix %s',
    async (prefix, { expect }) => {
      const bucket = await filled()

      expect(namesOf(await bucket.list({ prefix }))).toEqual(
        inOrder.filter((key) => key.startsWith(prefix)),
      )
    },
  )

  it.for(['', 'A', 'a/1', 'a/15', 'b', '😀'])('after %s', async (startAfter, { expect }) => {
    const bucket = await filled()
    const bytes = (text: string): string =>
      [...new TextEncoder().encode(text)].map((byte) => String.fromCharCode(byte)).join('')

    expect(namesOf(await bucket.list({ prefix: '', startAfter }))).toEqual(
      inOrder.filter((key) => bytes(key) > bytes(startAfter)),
    )
  })

  it.for([1, 2, 3, 12, 13])('in pages of %s', async (limit, { expect }) => {
    const bucket = await filled()

    const pages: string[][] = []
    for (let cursor: string | undefined, isLast = false; !isLast;) {
      const page = await bucket.list({
        prefix: '',
        limit,
        ...(cursor === undefined ? {} : { cursor }),
      })
      pages.push(namesOf(page))
      isLast = !page.truncated
      ;({ cursor } = page)
    }

    expect(pages.flat()).toEqual(inOrder)
    expect(pages).toHaveLength(Math.ceil(inOrder.length / limit))
  })

  it('the rest, if the last key of a page is deleted meanwhile', async ({ expect }) => {
    const bucket = await filled()

    const first = await bucket.list({ prefix: '', limit: 3 })
    await bucket.delete(namesOf(first))
    const second = await bucket.list({ prefix: '', cursor: first.cursor })

    expect(namesOf(second)).toEqual(inOrder.slice(3))
  })

  it('a thousand objects in a page', async ({ expect }) => {
    const bucket = create()
    const many = Array.from({ length: 1003 }, (_, i) => `m/${String(i).padStart(4, '0')}`)
    for (let at = 0; at < many.length; at += 100) {
      await Promise.all(many.slice(at, at + 100).map((key) => bucket.put(key, '')))
    }

    const first = await bucket.list({ prefix: 'm/' })
    const second = await bucket.list({ prefix: 'm/', cursor: first.cursor })

    expect([first.objects.length, first.truncated]).toEqual([1000, true])
    expect(namesOf(second)).toEqual(many.slice(1000))
    expect(second.truncated).toBe(false)
  })

  it('nothing in an empty bucket', async ({ expect }) => {
    const { objects, truncated } = await create().list({ prefix: 'a' })

    expect([objects, truncated]).toEqual([[], false])
  })
}

function describeUploads(create: CreateBucket): void {
  const first = bytesOf(partBytes, 1)
  const last = bytesOf(1000, 2)

  it('an object that appears when it is complete', async ({ expect }) => {
    const bucket = create()
    const upload = await bucket.createMultipartUpload('a/b', {
      httpMetadata: { contentType: 'video/mp4' },
      customMetadata: { original: 'b.mp4' },
    })
    const parts = [await upload.uploadPart(1, first), await upload.uploadPart(2, last)]
    const before = [await bucket.head('a/b'), (await bucket.list({ prefix: '' })).objects]

    const stored = await upload.complete(parts)

    expect(before).toEqual([null, []])
    expect(parts.map(({ partNumber }) => partNumber)).toEqual([1, 2])
    const object = await bucket.get('a/b')
    expect(object).toMatchObject({
      key: 'a/b',
      size: first.length + last.length,
      etag: stored.etag,
      httpMetadata: { contentType: 'video/mp4' },
      customMetadata: { original: 'b.mp4' },
    })
    const content = new Uint8Array((await object?.arrayBuffer()) ?? new ArrayBuffer())
    expect(content.subarray(0, first.length)).toEqual(first)
    expect(content.subarray(first.length)).toEqual(last)
    const range = await bucket.get('a/b', { range: { offset: partBytes - 2, length: 4 } })
    expect(new Uint8Array((await range?.arrayBuffer()) ?? new ArrayBuffer())).toEqual(
      content.subarray(partBytes - 2, partBytes + 2),
    )
  })

  it('that another caller continues, with a part sent twice', async ({ expect }) => {
    const bucket = create()
    const { key, uploadId } = await bucket.createMultipartUpload('a')
    const one = await bucket.resumeMultipartUpload(key, uploadId).uploadPart(1, first)
    await bucket.resumeMultipartUpload(key, uploadId).uploadPart(2, bytesOf(500))
    const two = await bucket.resumeMultipartUpload(key, uploadId).uploadPart(2, last)

    await bucket.resumeMultipartUpload(key, uploadId).complete([one, two])

    const content = new Uint8Array((await (await bucket.get('a'))?.arrayBuffer()) ?? [])
    expect(content.subarray(first.length)).toEqual(last)
  })

  it('nothing if there is one empty part', async ({ expect }) => {
    const bucket = create()
    const upload = await bucket.createMultipartUpload('a')

    await upload.complete([await upload.uploadPart(1, new Uint8Array())])

    expect(await textOf(await bucket.get('a'))).toBe('')
  })

  it('nothing after it is aborted', async ({ expect }) => {
    const bucket = guardBucket(create())
    await bucket.put('a', 'old')
    const upload = await bucket.createMultipartUpload('a')
    const part = await upload.uploadPart(1, last)

    await upload.abort()

    expect(await isOutage(() => upload.complete([part]))).toBe(false)
    expect(await isOutage(() => upload.uploadPart(2, last))).toBe(false)
    expect(await textOf(await bucket.get('a'))).toBe('old')
  })

  it.for([
    { name: 'an unknown upload', id: 'unknown' },
    { name: 'an id that is a path', id: '../../a' },
  ])('no part of $name', async ({ id }, { expect }) => {
    const bucket = guardBucket(create())

    expect(await isOutage(() => bucket.resumeMultipartUpload('a', id).uploadPart(1, last))).toBe(
      false,
    )
    expect((await bucket.list({ prefix: '' })).objects).toEqual([])
  })

  it('no parts that are unknown or too small', async ({ expect }) => {
    const bucket = guardBucket(create())
    const upload = await bucket.createMultipartUpload('a')
    const small = [await upload.uploadPart(1, last), await upload.uploadPart(2, last)]
    const unknown = [...small.slice(0, 1), { partNumber: 2, etag: 'unknown' }]

    expect(await isOutage(() => upload.complete(unknown))).toBe(false)
    expect(await isOutage(() => upload.complete(small))).toBe(false)
    expect(await bucket.head('a')).toBeNull()
  })

  it('two objects of one key, and keeps the one that is complete last', async ({ expect }) => {
    const bucket = create()
    const one = await bucket.createMultipartUpload('a')
    const two = await bucket.createMultipartUpload('a')
    const part = await one.uploadPart(1, bytesOf(3))
    const other = await two.uploadPart(1, last)

    await two.complete([other])
    await one.complete([part])

    expect((await bucket.head('a'))?.size).toBe(3)
  })
}
