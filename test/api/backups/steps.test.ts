import { describe, it, vi } from 'vitest'
import { SteppedBackupRunner } from '#backups/runner.ts'
import type { BackupTask } from '#platform/backups.ts'
import type { StepStorage } from '#platform/step-storage.ts'
import { signInSuperuser } from '../../support/accounts.ts'
import { bindings } from '../../support/bindings.ts'
import { createCollections } from '../../support/collections.ts'
import { formOf, storedKeys, storedText } from '../../support/stored-files.ts'
import { createTestApp } from '../../support/test-app.ts'

/** A storage that outlives runners. */
function createStorage(): StepStorage & { readonly values: Map<string, unknown> } {
  const values = new Map<string, unknown>()
  return {
    values,
    get: async <T>(key: string) => structuredClone(values.get(key)) as T | undefined,
    put: async (entries) => {
      for (const [key, value] of Object.entries(entries)) values.set(key, structuredClone(value))
    },
    deleteAll: async () => values.clear(),
  }
}

interface Fault {
  /** The index of the failing call, among all calls to the database and the bucket. */
  readonly at: number
  /** True if the call takes effect anyway. */
  readonly isDone: boolean
}

interface Circumstances {
  readonly fault?: Fault
  /** Objects per listing of the bucket. */
  readonly listed?: number
}

/** The test database and bucket, with a single failure. */
function breakingPorts({ fault, listed }: Circumstances) {
  let calls = 0
  const breakOff = async <T>(call: () => Promise<T>): Promise<T> => {
    calls += 1
    if (calls !== fault?.at) return await call()
    if (fault.isDone) await call()
    throw new Error('It broke off.')
  }
  const { DB, FILES } = bindings
  const upload = (real: R2MultipartUpload) => ({
    key: real.key,
    uploadId: real.uploadId,
    uploadPart: (n: number, content: Uint8Array) => breakOff(() => real.uploadPart(n, content)),
    complete: (parts: R2UploadedPart[]) => breakOff(() => real.complete(parts)),
    abort: () => real.abort(),
  })
  const bucket = {
    head: (key: string) => breakOff(() => FILES.head(key)),
    get: (key: string, options?: R2GetOptions) => breakOff(() => FILES.get(key, options)),
    put: (key: string, content: never, options?: R2PutOptions) =>
      breakOff(() => FILES.put(key, content, options)),
    delete: (keys: string | string[]) => breakOff(() => FILES.delete(keys)),
    list: (options: R2ListOptions) =>
      breakOff(() => FILES.list({ ...options, ...(listed && { limit: listed }) })),
    createMultipartUpload: (key: string, options?: R2MultipartOptions) =>
      breakOff(async () => upload(await FILES.createMultipartUpload(key, options))),
    resumeMultipartUpload: (key: string, id: string) =>
      upload(FILES.resumeMultipartUpload(key, id)),
  }
  const db = {
    prepare: (text: string) => DB.prepare(text),
    batch: (statements: D1PreparedStatement[]) => breakOff(() => DB.batch(statements)),
  }
  return { db, bucket, count: () => calls } as unknown as {
    db: typeof DB
    bucket: typeof FILES
    count: () => number
  }
}

/** Runs a task in small steps, each in a runner that only has the stored state. */
async function run(
  task: BackupTask,
  circumstances: Circumstances = {},
): Promise<{ calls: number; steps: number }> {
  const storage = createStorage()
  const ports = breakingPorts(circumstances)
  let steps = 0
  const runner = () =>
    new SteppedBackupRunner({
      ...ports,
      storage,
      keys: bindings,
      limits: { calls: 24, bytes: 1_000_000 },
      schedule: async () => {},
    })
  await runner()
    .start(task)
    .catch(() => undefined)
  while (storage.values.has('running')) {
    steps += 1
    if (steps > 200) throw new Error('It does not end.')
    await runner()
      .step()
      .catch(() => undefined)
  }
  return { calls: ports.count(), steps }
}

interface Doc {
  readonly id: string
  readonly scan: string
}

async function fill(titles = 'abcd') {
  const app = createTestApp()
  const { token } = await signInSuperuser(app)
  await createCollections(app, token, {
    name: 'docs',
    fields: [
      { type: 'text', name: 'title' },
      { type: 'file', name: 'scan', maxSelect: 1 },
    ],
    indexes: ['CREATE UNIQUE INDEX `idx_docs_title` ON `docs` (`title`)'],
  })
  const docs: Doc[] = []
  for (const title of titles) {
    const form = formOf(['title', title], ['scan', new File([title.repeat(300)], `${title}.txt`)])
    docs.push((await app.post('/api/collections/docs/records', form)).body as Doc)
  }
  return { app, docs }
}

async function expectWhole(
  { app, docs }: Awaited<ReturnType<typeof fill>>,
  expect: (value: unknown) => { toEqual(expected: unknown): void },
): Promise<void> {
  const { body } = await app.get('/api/collections/docs/records?sort=title&fields=id,scan')
  expect((body as { items: unknown }).items).toEqual(docs.map(({ id, scan }) => ({ id, scan })))
  for (const [at, { id, scan }] of docs.entries()) {
    expect(await storedText(`docs_id/${id}/${scan}`)).toEqual(
      'abcdefghijklmnop'.charAt(at).repeat(300),
    )
  }
}

/** Removes the content of the backup. */
async function empty({ app, docs }: Awaited<ReturnType<typeof fill>>): Promise<void> {
  for (const { id } of docs) await app.delete(`/api/collections/docs/records/${id}`)
}

describe('a backup in steps', () => {
  const create: BackupTask = { kind: 'create', key: '@backups/a.zip' }
  const restore: BackupTask = { kind: 'restore', key: '@backups/a.zip' }

  it('is written and restored completely in any steps', async ({ expect }) => {
    const world = await fill('abcdefghijklmnop')

    const written = await run(create)
    await empty(world)
    const restored = await run(restore)

    expect(written.steps).toBeGreaterThan(1)
    expect(restored.steps).toBeGreaterThan(1)
    await expectWhole(world, expect)
  })

  it('is restored even if no step can list all files', async ({ expect }) => {
    const world = await fill('abcdefghijklmnop')
    await run(create)
    await empty(world)

    await run(restore, { listed: 1 })

    await expectWhole(world, expect)
  })

  it('is complete after a failed write, at every second call', async ({ expect }) => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const world = await fill()
    const { calls } = await run(create)

    for (let at = 2; at <= calls; at += 2) {
      for (const isDone of [true, false]) {
        await bindings.FILES.delete('@backups/a.zip')
        await run(create, { fault: { at, isDone } })
        expect([at, isDone, await storedKeys()]).toEqual([
          at,
          isDone,
          expect.arrayContaining(['@backups/a.zip']),
        ])
        if (at % 8 !== 0) continue
        await empty(world)
        await run(restore)
        await expectWhole(world, expect)
      }
    }
    vi.restoreAllMocks()
  }, 300_000)

  it('is restored completely after a failure, at every fifth call', async ({ expect }) => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const world = await fill()
    await run(create)
    await empty(world)
    const { calls } = await run(restore)

    for (let at = 2; at <= calls; at += 5) {
      await empty(world)
      await run(restore, { fault: { at, isDone: at % 2 === 0 } })
      await expectWhole(world, expect)
    }
    vi.restoreAllMocks()
  }, 300_000)
})

describe('a runner', () => {
  const task: BackupTask = { kind: 'create', key: '@backups/a.zip' }

  function createRunner() {
    const storage = createStorage()
    const scheduled: number[] = []
    let isDown = false
    const db = {
      prepare: (text: string) => bindings.DB.prepare(text),
      batch: (statements: D1PreparedStatement[]) => {
        if (isDown) throw new Error('D1 is down.')
        return bindings.DB.batch(statements)
      },
    } as unknown as typeof bindings.DB
    const runner = () =>
      new SteppedBackupRunner({
        db,
        bucket: bindings.FILES,
        storage,
        keys: bindings,
        schedule: async (milliseconds) => void scheduled.push(milliseconds),
      })
    return { runner, scheduled, setDown: (value: boolean) => (isDown = value) }
  }

  it('is free again after any outage', async ({ expect }) => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const { runner, scheduled, setDown } = createRunner()
    await runner().start(task)
    setDown(true)
    for (let wakes = 0; wakes < 10; wakes++) {
      scheduled.splice(0)
      await runner()
        .step()
        .catch(() => undefined)
      expect(scheduled.length).toBeGreaterThan(0)
    }

    setDown(false)
    await runner().step()

    expect(await runner().current()).toBeUndefined()
    expect(await runner().start(task)).toBe('started')
    vi.restoreAllMocks()
  })

  it('drops a task whose every step is aborted', async ({ expect }) => {
    const { runner } = createRunner()
    await runner().start(task)
    for (let deaths = 0; deaths < 4; deaths++) {
      // Aborts this step without a result.
      const begun = vi.spyOn(bindings.FILES, 'createMultipartUpload')
      begun.mockReturnValue(new Promise(() => {}))
      void runner().step()
      await vi.waitFor(() => expect(begun).toHaveBeenCalled())
      vi.restoreAllMocks()
    }

    await runner().step()

    expect(await runner().current()).toBeUndefined()
  })

  it('returns the outcome of a finished task at once', async ({ expect }) => {
    const { runner } = createRunner()
    const one = runner()
    await one.start(task)
    while ((await one.current()) !== undefined) await one.step()

    expect(await one.wait()).toBe('done')
  })
})
