import { it } from 'vitest'
import type { MultipartUpload, StoredObject } from '#platform/bindings.ts'
import { partBytes, PartWriter } from '#platform/part-writer.ts'

/** An upload that keeps the sizes of its parts and the bytes of the last one. */
function fakeUpload() {
  const sizes = new Map<number, number>()
  let last = new Uint8Array()
  const upload: MultipartUpload = {
    key: 'key',
    uploadId: 'id',
    uploadPart: async (partNumber, content) => {
      sizes.set(partNumber, content.length)
      last = content.slice()
      return { partNumber, etag: String(partNumber) }
    },
    complete: async (parts) => ({ size: parts.length }) as StoredObject,
    abort: async () => {},
  }
  return { upload, sizes, last: () => last }
}

it('splits what is written into full parts and a rest', async ({ expect }) => {
  const { upload, sizes, last } = fakeUpload()
  const writer = new PartWriter(upload)

  await writer.write(new Uint8Array(partBytes - 1))
  await writer.write(new Uint8Array([1, 2, 3]))
  await writer.write(new Uint8Array(2 * partBytes))
  await writer.write(new Uint8Array([4]))
  const { size } = await writer.complete()

  expect([...sizes]).toEqual([
    [1, partBytes],
    [2, partBytes],
    [3, partBytes],
    [4, 3],
  ])
  expect([...last()]).toEqual([0, 0, 4])
  expect(size).toBe(4)
})

it('sends no empty part after full ones', async ({ expect }) => {
  const { upload, sizes } = fakeUpload()
  const writer = new PartWriter(upload)

  await writer.write(new Uint8Array(partBytes))
  await writer.complete()

  expect([...sizes]).toEqual([[1, partBytes]])
})

it('sends one empty part if nothing is written', async ({ expect }) => {
  const { upload, sizes } = fakeUpload()

  await new PartWriter(upload).complete()

  expect([...sizes]).toEqual([[1, 0]])
})

it('continues where another writer stopped', async ({ expect }) => {
  const { upload, sizes, last } = fakeUpload()
  const first = new PartWriter(upload)
  await first.write(new Uint8Array(partBytes))
  await first.write(new Uint8Array([1, 2]))

  const second = new PartWriter(upload, first.written)
  await second.write(new Uint8Array([3]))
  await second.complete()

  expect([...sizes]).toEqual([
    [1, partBytes],
    [2, 3],
  ])
  expect([...last()]).toEqual([1, 2, 3])
})
