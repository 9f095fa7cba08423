/*
 * The threads of a server. The first one is the process's own; it starts the others, and ends them.
 */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { HostThread } from '#adapters/node/host-thread.ts'
import type { NodeHostOptions } from '#adapters/node/node-host.ts'
import type { RunningServer, ServerOptions } from './server.ts'

/** The options of a further thread. */
export interface ThreadStart {
  readonly hostOptions: Pick<NodeHostOptions, 'folder' | 'durability' | 'keys' | 'thread'>
  readonly serverOptions: Pick<ServerOptions, 'host' | 'port' | 'publicFolder' | 'installedFolder'>
  readonly trustedProxies: readonly string[]
}

/** The data of a further thread. Threads that an application starts have other data. */
export interface ThreadData {
  readonly areteThread: ThreadStart
}

/** A command to a further thread. */
export type ThreadCommand = 'drain' | 'close'

/** A report of a further thread. */
export type ThreadEvent = 'listening' | 'drained' | 'closed'

/** Further threads, as one. */
export interface FurtherThreads {
  drain(): Promise<void>
  /** Closes them, and ends them. */
  close(): Promise<void>
}

/**
 * Starts further threads, and resolves when all of them listen.
 *
 * @param program their module
 * @param failed is called when a thread ends by itself
 */
export async function startThreads(
  program: URL,
  start: Omit<ThreadStart, 'hostOptions'> & {
    readonly hostOptions: Omit<ThreadStart['hostOptions'], 'thread'>
  },
  threads: readonly HostThread[],
  failed: (error: unknown) => void,
): Promise<FurtherThreads> {
  const workers = threads.map((thread) => {
    const hostOptions = { ...start.hostOptions, thread }
    const workerData: ThreadData = { areteThread: { ...start, hostOptions } }
    const worker = new Worker(fileURLToPath(program.href), {
      workerData,
      transferList: thread.ports.filter((port) => port !== undefined),
    })
    worker.on('error', failed)
    worker.on('exit', (code) => failed(new Error(`The thread ended with ${code}.`)))
    return worker
  })
  const heard = async (event: ThreadEvent): Promise<void> => {
    await Promise.all(workers.map((worker) => untilSays(worker, event)))
  }
  const tell = async (command: ThreadCommand, until: ThreadEvent): Promise<void> => {
    const all = heard(until)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    for (const worker of workers) worker.postMessage(command)
    await all
  }
  await heard('listening')
  return {
    drain: () => tell('drain', 'drained'),
    async close() {
      await tell('close', 'closed')
      for (const worker of workers) worker.removeAllListeners('exit')
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}

async function untilSays(worker: Worker, event: ThreadEvent): Promise<void> {
  for (;;) {
    const [said] = (await once(worker, 'message')) as [ThreadEvent]
    if (said === event) return
  }
}

/** The server of all threads. */
export function joinThreads(first: RunningServer, others: FurtherThreads): RunningServer {
  // While one drains, it may call the others.
  async function drain(): Promise<void> {
    await Promise.all([first.drain(), others.drain()])
  }
  async function close(): Promise<void> {
    await others.close()
    await first.close()
  }
  return {
    port: first.port,
    drain,
    close,
    async stop() {
      await drain()
      await close()
    },
  }
}

/**
 * Checks that no other program has the port: one that shares its port, such as another Arete, would get
 * a part of the connections.
 *
 * @throws {Error} With the code of `listen`, such as `EADDRINUSE`.
 */
export async function expectFreePort(port: number, host: string): Promise<void> {
  const probe = createServer().listen({ port, host })
  await once(probe, 'listening')
  probe.close()
  await once(probe, 'close')
}
