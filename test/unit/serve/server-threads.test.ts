import { writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, it, onTestFinished } from 'vitest'
import { createHostThreads } from '#adapters/node/host-thread.ts'
import { expectFreePort, joinThreads, startThreads } from '#serve/server-threads.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const start = {
  hostOptions: { folder: '/nowhere' },
  serverOptions: { host: '127.0.0.1', port: 1, publicFolder: '/nowhere' },
  trustedProxies: [],
}

/** The module of a thread. */
async function programOf(code: string): Promise<URL> {
  const file = join(await temporaryFolder(), 'thread.mjs')
  await writeFile(file, `import { parentPort, workerData } from 'node:worker_threads'\n${code}`)
  return pathToFileURL(file)
}

describe('further threads', () => {
  it('end after all have drained, and before the first closes', async ({ expect }) => {
    const program = await programOf(`
      const notes = new Int32Array(workerData.areteThread.hostOptions.thread.memory)
      const note = { drain: 'drained', close: 'closed' }
      parentPort.on('message', (command) => {
        Atomics.add(notes, 0, command === 'drain' ? 1 : 100)
        parentPort.postMessage(note[command])
      })
      parentPort.postMessage('listening')`)
    const [first, ...threads] = createHostThreads(3)
    const notes = new Int32Array(first?.memory ?? new SharedArrayBuffer(0))
    const seen: [string, number][] = []
    const note = async (step: string) => void seen.push([step, notes[0] ?? 0])
    const server = { port: 1, drain: () => note('drain'), close: () => note('close') }
    const stop = async () => await Promise.reject(new Error('The steps are called.'))
    const failures: unknown[] = []

    const others = await startThreads(program, start, threads, (error) => failures.push(error))
    await joinThreads({ ...server, stop }, others).stop()

    expect(seen.map(([step]) => step)).toEqual(['drain', 'close'])
    expect(seen[1]?.[1]).toBe(202)
    expect(failures).toEqual([])
  })

  it.for([
    ['throws', `throw new Error('The cause')`, /The cause/],
    ['ends', `process.exit(3)`, /ended with 3/],
  ] as const)('report one that %s', async ([, code, message], { expect }) => {
    const program = await programOf(
      `parentPort.postMessage('listening'); setTimeout(() => { ${code} })`,
    )
    const { promise: failure, resolve: failed } = Promise.withResolvers<unknown>()

    await startThreads(program, start, createHostThreads(2).slice(1), failed)

    expect(String(await failure)).toMatch(message)
  })
})

describe('a port', () => {
  it('is not free if another server would share it', async ({ expect }) => {
    const other = createServer().listen({ port: 0, host: '127.0.0.1', reusePort: true })
    await once(other, 'listening')
    onTestFinished(() => void other.close())
    const { port } = other.address() as AddressInfo

    await expect(expectFreePort(port, '127.0.0.1')).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})
