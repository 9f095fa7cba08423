/* A further thread of the server: the whole app on the same port and folder, until the first one ends it. */
import { parentPort, workerData } from 'node:worker_threads'
import { createNodeHost } from '#adapters/node/node-host.ts'
import { createRewriteOrigin } from './network-origin.ts'
import { startServer } from './server.ts'
import type { ThreadCommand, ThreadEvent, ThreadStart } from './server-threads.ts'

const { hostOptions, serverOptions, trustedProxies } = workerData as ThreadStart

const host = await createNodeHost({ ...hostOptions, migrations: [] })
const server = await startServer(host, {
  ...serverOptions,
  rewriteOrigin: createRewriteOrigin(trustedProxies),
  isPortShared: true,
  runsJobs: false,
})

function tell(event: ThreadEvent): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(event)
}

parentPort?.on('message', (command: ThreadCommand) => {
  const obeyed = command === 'drain' ? server.drain() : server.close()
  // An error ends the thread, and with it the server.
  void obeyed.then(() => tell(command === 'drain' ? 'drained' : 'closed'))
})
tell('listening')
