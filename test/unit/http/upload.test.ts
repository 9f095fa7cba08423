import { it } from 'vitest'
import { UploadReceiver } from '#http/upload.ts'

async function* once(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
  yield chunk
}

it('a file in memory keeps nothing of what arrived beside it', async ({ expect }) => {
  const arrived = new Uint8Array(64 * 1024)

  const { content } = await new UploadReceiver(undefined).receive(
    'small.txt',
    once(arrived.subarray(100, 103)),
  )

  const kept = 'chunks' in content ? content.chunks : []
  expect(kept.map(({ buffer }) => buffer.byteLength)).toEqual([3])
})
