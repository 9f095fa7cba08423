import { readdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, it, onTestFinished } from 'vitest'
import { type DiskBucket, openDiskBucket } from '#adapters/node/disk-bucket.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

/** A bucket, and what is on its disk. */
interface Trial {
  readonly folder: string
  readonly bucket: DiskBucket
  /** Closes the bucket and opens it again, as the next process would. */
  reopen(meanwhile?: () => Promise<void>): Promise<DiskBucket>
  contentFiles(): Promise<string[]>
}

async function openTrial(): Promise<Trial> {
  const folder = join(await temporaryFolder(), 'storage')
  let bucket = await openDiskBucket(folder)
  onTestFinished(() => bucket.close())
  return {
    folder,
    bucket,
    async reopen(meanwhile) {
      await bucket.close()
      await meanwhile?.()
      return (bucket = await openDiskBucket(folder))
    },
    contentFiles: async () => await filesIn(join(folder, 'content')),
  }
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
}

async function textAt(bucket: DiskBucket, key: string): Promise<string | undefined> {
  const object = await bucket.get(key)
  return object === null ? undefined : new TextDecoder().decode(await object.arrayBuffer())
}

describe('a bucket on the disk', () => {
  it.for([
    '../outside',
    '/etc/passwd',
    'a/../../b',
    '..',
    '.',
    'CON',
    'a:b',
    'a\\b',
    'a\0b',
    'nul\n',
    'ä/😀',
    'x'.repeat(1024),
    'index.db',
    'incoming/a',
  ])('keeps the content of the key %j inside', async (key, { expect }) => {
    const { folder, bucket } = await openTrial()

    await bucket.put(key, 'content')

    expect(await textAt(bucket, key)).toBe('content')
    const listed = await bucket.list({ prefix: '' })
    expect(listed.objects.map((object) => object.key)).toEqual([key])
    expect(await readdir(dirname(folder))).toEqual(['storage'])
    const names = (await filesIn(join(folder, 'content'))).map((path) => path.slice(folder.length))
    expect(names).toEqual([
      expect.stringMatching(/^[\\/]content[\\/]([0-9a-f]{2})[\\/]\1[0-9a-f]{30}$/),
    ])
  })

  it('keeps keys apart that differ in case only', async ({ expect }) => {
    const { bucket } = await openTrial()

    await bucket.put('Key', 'upper')
    await bucket.put('key', 'lower')

    expect([await textAt(bucket, 'Key'), await textAt(bucket, 'key')]).toEqual(['upper', 'lower'])
  })

  it('leaves no file when the content fails midway', async ({ expect }) => {
    const { bucket, contentFiles } = await openTrial()
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new Uint8Array(1000))
        controller.error(new Error('The client left.'))
      },
    })

    await expect(bucket.put('key', broken)).rejects.toThrow('The client left.')

    expect(await bucket.head('key')).toBeNull()
    expect(await contentFiles()).toEqual([])
  })

  it('serves the old content to a reader while the object is replaced and deleted', async ({
    expect,
  }) => {
    const { bucket, contentFiles, reopen } = await openTrial()
    await bucket.put('key', 'old')

    const old = await bucket.get('key')
    await bucket.put('key', 'new')
    await bucket.delete('key')
    await bucket.sweep()
    const read = await old?.arrayBuffer()

    expect(new TextDecoder().decode(read)).toBe('old')
    await reopen()
    expect(await contentFiles()).toEqual([])
  })
})

describe('a process that was killed', () => {
  it('leaves neither half of an object whose row was not written', async ({ expect }) => {
    const { folder, reopen, contentFiles } = await openTrial()

    const bucket = await reopen(async () => {
      await writeFile(join(folder, 'content/incoming', 'a'.repeat(32)), 'half')
    })

    expect((await bucket.list({ prefix: '' })).objects).toEqual([])
    expect(await contentFiles()).toEqual([])
  })

  it('leaves a whole object whose file was not moved yet', async ({ expect }) => {
    const { folder, bucket, reopen, contentFiles } = await openTrial()
    await bucket.put('key', 'whole')
    const [path = ''] = await contentFiles()
    const name = path.slice(-32)

    const next = await reopen(() => rename(path, join(folder, 'content/incoming', name)))

    expect(await textAt(next, 'key')).toBe('whole')
    expect(await contentFiles()).toEqual([path])
  })

  it('leaves an upload that can be continued', async ({ expect }) => {
    const { bucket, reopen, contentFiles } = await openTrial()
    const upload = await bucket.createMultipartUpload('key', {
      httpMetadata: { contentType: 'text/plain' },
    })
    const minimum = 5 * 2 ** 20
    const first = await upload.uploadPart(1, Buffer.alloc(minimum, ' '))

    const next = await reopen()
    const resumed = next.resumeMultipartUpload('key', upload.uploadId)
    const second = await resumed.uploadPart(2, Buffer.from('two'))
    const stored = await resumed.complete([first, second])

    expect(stored).toMatchObject({ size: minimum + 3, httpMetadata: { contentType: 'text/plain' } })
    expect((await textAt(next, 'key'))?.trim()).toBe('two')
    await reopen()
    expect(await contentFiles()).toHaveLength(1)
  })
})
