import { it } from 'vitest'
import { UploadReceiver } from '#http/body/upload.ts'
import { joined } from '#kernel/bytes.ts'

async function* once(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
  yield chunk
}

it('a file in memory keeps no other bytes of its chunks', async ({ expect }) => {
  const arrived = new Uint8Array(64 * 1024)

  const { content } = await new UploadReceiver(undefined).receive(
    'small.txt',
    once(arrived.subarray(100, 103)),
  )

  const kept = 'chunks' in content ? content.chunks : []
  expect(kept.map(({ buffer }) => buffer.byteLength)).toEqual([3])
})

it('files that do not fit in memory share one spool', async ({ expect }) => {
  const written: Uint8Array[] = []
  const calls: string[] = []
  const receiver = new UploadReceiver({
    open: async () => {
      calls.push('open')
      return {
        key: 'spool',
        write: async (chunk) => void written.push(chunk),
        close: async () => void calls.push('close'),
        abort: async () => void calls.push('abort'),
      }
    },
  })
  const large = new Uint8Array(8 * 1024 * 1024 + 1).fill(1)

  const uploads = [
    await receiver.receive('first.bin', once(large)),
    await receiver.receive('small.txt', once(new Uint8Array(3))),
    await receiver.receive('second.bin', once(large.map(() => 2))),
    await receiver.receive('third.bin', once(large.map(() => 3))),
  ]
  await receiver.close()

  expect(uploads.map(({ content }) => ('chunks' in content ? 'memory' : content))).toEqual([
    { key: 'spool', offset: 0 },
    'memory',
    { key: 'spool', offset: large.length },
    { key: 'spool', offset: 2 * large.length },
  ])
  const spooled = joined(written)
  expect([0, 1, 2, 3].map((at) => spooled[at * large.length - (at > 0 ? 1 : 0)])).toEqual([
    1, 1, 2, 3,
  ])
  expect(calls).toEqual(['open', 'close'])
})
