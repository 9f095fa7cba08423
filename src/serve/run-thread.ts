import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { createNodeHost } from '#adapters/node/node-host.ts'
import type { Extension } from '#app.ts'
import { createRewriteOrigin } from './network-origin.ts'
import { startServer } from './server.ts'
import type { ThreadCommand, ThreadData, ThreadEvent } from './server-threads.ts'

/** True in a further thread of a server, which `startThreads` has started. */
export function isFurtherThread(): boolean {
  const data: unknown = workerData
  return !isMainThread && typeof data === 'object' && data !== null && 'areteThread' in data
}

/**
 * Serves in a further thread: the whole app on the same port and folder, until the first one ends it.
 *
 * @param extension the additions of an application
 */
export async function runThread(extension?: Extension): Promise<void> {
  const { hostOptions, serverOptions, trustedProxies } = (workerData as ThreadData).areteThread
  const host = await createNodeHost({ ...hostOptions, migrations: [] })
  const server = await startServer(host, {
    ...serverOptions,
    rewriteOrigin: createRewriteOrigin(trustedProxies),
    extension,
    isPortShared: true,
    runsJobs: false,
  })
  parentPort?.on('message', (command: ThreadCommand) => {
    const obeyed = command === 'drain' ? server.drain() : server.close()
    // An error ends the thread, and with it the server.
    void obeyed.then(() => tell(command === 'drain' ? 'drained' : 'closed'))
  })
  tell('listening')
}

function tell(event: ThreadEvent): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(event)
}
