import type { Bucket, MultipartUpload } from '#platform/bindings.ts'
import { bindings } from './bindings.ts'

/** The time of a crash: before the nth call of the database or the bucket, or after it. */
export interface Crash {
  readonly at: number
  readonly when: 'before' | 'after'
}

/** Bindings of a process that crashes. No call arrives after that. */
export interface CrashingBindings {
  readonly overrides: Pick<typeof bindings, 'DB' | 'FILES'>
  /** The number of calls, without those after the crash. */
  calls(): number
  /** True after the crash. */
  hasCrashed(): boolean
}

/** The test database and bucket, for a process that crashes. */
export function crashingBindings({ at, when }: Crash): CrashingBindings {
  let calls = 0
  let hasCrashed = false

  async function call<T>(send: () => Promise<T>): Promise<T> {
    if (hasCrashed) throw new Error('The process has ended.')
    calls++
    if (calls < at) return await send()
    hasCrashed = true
    if (when === 'after') await send()
    throw new Error('The process ends.')
  }

  function guardUpload(upload: MultipartUpload): MultipartUpload {
    return {
      key: upload.key,
      uploadId: upload.uploadId,
      uploadPart: (number, content) => call(() => upload.uploadPart(number, content)),
      complete: (parts) => call(() => upload.complete(parts)),
      abort: () => call(() => upload.abort()),
    }
  }

  const files: Bucket = bindings.FILES
  const bucket: Bucket = {
    head: (key) => call(() => files.head(key)),
    get: (key, options) => call(() => files.get(key, options)),
    put: (key, content, options) => call(() => files.put(key, content, options)),
    delete: (keys) => call(() => files.delete(keys)),
    list: (options) => call(() => files.list(options)),
    createMultipartUpload: async (key, options) =>
      guardUpload(await call(() => files.createMultipartUpload(key, options))),
    resumeMultipartUpload: (key, id) => guardUpload(files.resumeMultipartUpload(key, id)),
  }
  const database = {
    prepare: (text: string) => bindings.DB.prepare(text),
    batch: (statements: D1PreparedStatement[]) => call(() => bindings.DB.batch(statements)),
  }
  // The app uses no other methods of the two.
  const overrides = { DB: database, FILES: bucket } as unknown as CrashingBindings['overrides']
  return { overrides, calls: () => calls, hasCrashed: () => hasCrashed }
}
