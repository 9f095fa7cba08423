import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { EventSource } from 'eventsource'
import PocketBase from 'pocketbase'
import { onTestFinished, vi } from 'vitest'
import { createHostThreads } from '#adapters/node/host-thread.ts'
import { createNodeHost, type NodeHost } from '#adapters/node/node-host.ts'
import { readMigrations } from '#cli/deployment/migrations.ts'
import { createRewriteOrigin } from '#serve/network-origin.ts'
import { type RunningServer, startServer } from '#serve/server.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** A thread of a server, with a port of its own, so that a test chooses the thread of each request. */
export interface ServedThread {
  readonly host: NodeHost
  readonly server: RunningServer
  readonly origin: string
  /** The official client. */
  client(): PocketBase
  /** The client of a superuser. */
  admin(): Promise<PocketBase>
}

const superuser = { email: 'admin@example.com', password: 'correct-horse-battery' }

/**
 * Serves a new data folder as the threads of a server do, until the test ends. They run in this one, since
 * they share nothing but memory and messages.
 */
export async function serveThreads(count: number): Promise<readonly ServedThread[]> {
  vi.stubGlobal('EventSource', EventSource)
  const root = await temporaryFolder()
  const [folder, publicFolder] = [join(root, 'data'), join(root, 'public')]
  await mkdir(publicFolder)
  const migrations = await readMigrations()
  const rewriteOrigin = createRewriteOrigin([])
  const threads: ServedThread[] = []
  const clients: PocketBase[] = []
  for (const thread of createHostThreads(count)) {
    const host = await createNodeHost({ folder, migrations, passwordCost: 'test', thread })
    const options = { host: '127.0.0.1', port: 0, publicFolder, rewriteOrigin, runsJobs: false }
    const server = await startServer(host, options)
    const origin = `http://127.0.0.1:${server.port}`
    const client = (): PocketBase => {
      const created = new PocketBase(origin).autoCancellation(false)
      clients.push(created)
      return created
    }
    threads.push({
      ...{ host, server, origin, client },
      async admin() {
        const admin = client()
        const { email, password } = superuser
        await admin.collection('_superusers').authWithPassword(email, password)
        return admin
      },
    })
  }
  onTestFinished(async () => {
    // Clients would connect again and again. An error means that a test has stopped their server.
    await Promise.allSettled(clients.map((client) => client.realtime.unsubscribe()))
    await Promise.all(threads.map(({ server }) => server.drain()))
    // The first one last.
    for (const { server } of threads.toReversed()) await server.close()
    vi.unstubAllGlobals()
  })
  const [first] = threads as [ServedThread]
  await insertSuperuser(first.host)
  return threads
}

async function insertSuperuser({ bindings: { DB }, services: { passwords } }: NodeHost) {
  const insert = DB.prepare(
    `INSERT INTO "_superusers" ("id", "email", "password", "tokenKey", "verified", "created", "updated")
     VALUES ('superuser000001', ?, ?, ?, 1, '2026-01-02 03:04:05.678Z', '2026-01-02 03:04:05.678Z')`,
  )
  const hash = await passwords.hash(superuser.password)
  await DB.batch([insert.bind(superuser.email, hash, 'k'.repeat(50))])
}
