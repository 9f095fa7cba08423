import { superuserWithPassword } from '#cli/superuser-with-password.ts'
import { serveWorkers } from '../../support/serve-workers.ts'
import { type ParityServer, superuser } from './server.ts'

const entries = { plain: 'src/worker.ts', hooks: 'test/bench/following-worker.ts' }

/** Serves the Worker over a database of its own, with the superuser in it. */
export async function startArete(app: keyof typeof entries): Promise<ParityServer> {
  const { origins, database, stop } = await serveWorkers({ arete: entries[app] })
  try {
    const statements = await superuserWithPassword(superuser.email, superuser.password)
    await database.batch(statements.map((sql) => database.prepare(sql)))
  } catch (error) {
    await stop()
    throw error
  }
  const { hostname: host, port } = new URL(origins.arete)
  return { name: 'Arete', host, port: Number(port), stop }
}
