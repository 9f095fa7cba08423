import { dictionary } from '#kernel/dictionary.ts'
import { UploadReceiver } from '#http/body/upload.ts'
import type { Upload, UploadSpool } from '#http/body/upload.ts'
import type { SubmittedBody } from '#records/write/resolve-body.ts'

/** The values of a record by field, as in a JSON body. A `File` or `Blob` is a value of a file field. */
export type RecordData = Readonly<Record<string, unknown>>

/** Reads values as a body: files apart, everything else as JSON has it. */
export async function bodyFrom(data: RecordData, spool: UploadSpool): Promise<SubmittedBody> {
  const receiver = new UploadReceiver(spool)
  const values: [string, unknown][] = []
  const files = new Map<string, Upload[]>()
  for (const [key, value] of Object.entries(data)) {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value]
    const blobs = list.filter((each) => each instanceof Blob)
    if (blobs.length === 0) {
      values.push([key, value])
      continue
    }
    const rest = list.filter((each) => !(each instanceof Blob))
    if (rest.length > 0) values.push([key, rest])
    const uploads: Upload[] = []
    for (const blob of blobs) uploads.push(await receiver.receive(nameOf(blob), chunksOf(blob)))
    files.set(key, uploads)
  }
  await receiver.close()
  const plain = JSON.parse(JSON.stringify(Object.fromEntries(values))) as Record<string, unknown>
  return { data: dictionary(Object.entries(plain)), files }
}

function nameOf(blob: Blob): string {
  return blob instanceof File ? blob.name : 'file'
}

async function* chunksOf(blob: Blob): AsyncGenerator<Uint8Array> {
  const reader = (blob.stream() as ReadableStream<Uint8Array>).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield value
  }
}
