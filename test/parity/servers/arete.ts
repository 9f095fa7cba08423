import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { hashPassword } from '#cli/hash-password.ts'
import { upsertSuperuser } from '#cli/superuser-statements.ts'
import { projectFolder } from '#cli/wrangler.ts'
import { formatDate } from '#kernel/dates.ts'
import { newId, randomString } from '#kernel/random.ts'
import { serveWorkers } from '../../support/serve-workers.ts'
import { type ParityServer, superuser } from './server.ts'

/** Builds the Worker and serves it over a database of its own, with the superuser in it. */
export async function startArete(): Promise<ParityServer> {
  // Runs may go on side by side, so each builds into a folder of its own.
  const name = `parity-${process.pid}`
  const served = await serveWorkers({ [name]: 'src/worker.ts' })
  const stop = async (): Promise<void> => {
    await served.stop()
    await rm(join(projectFolder, 'dist/served', name), { recursive: true, force: true })
  }
  try {
    const statements = upsertSuperuser({
      id: newId(),
      email: superuser.email,
      password: await hashPassword(superuser.password),
      tokenKey: randomString(50),
      now: formatDate(new Date()),
    })
    await served.database.batch(statements.map((sql) => served.database.prepare(sql)))
  } catch (error) {
    await stop()
    throw error
  }
  const { hostname: host, port } = new URL(served.origins[name] ?? '')
  return { name: 'Arete', host, port: Number(port), stop }
}
