import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { superuserWithPassword } from '#cli/superuser-with-password.ts'
import { projectFolder } from '#cli/wrangler.ts'
import { serveWorkers } from '../../support/serve-workers.ts'
import { type ParityServer, superuser } from './server.ts'

/** Builds the Worker and serves it over a database of its own, with the superuser in it. */
export async function startArete(): Promise<ParityServer> {
  // Runs may go on side by side, so each builds into a folder of its own.
  const name = `parity-${process.pid}`
  const folder = join(projectFolder, 'dist/served', name)
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true })
  process.once('exit', removeFolder)
  const served = await serveWorkers({ [name]: 'src/worker.ts' })
  const stop = async (): Promise<void> => {
    await served.stop()
    removeFolder()
    process.off('exit', removeFolder)
  }
  try {
    const statements = await superuserWithPassword(superuser.email, superuser.password)
    await served.database.batch(statements.map((sql) => served.database.prepare(sql)))
  } catch (error) {
    await stop()
    throw error
  }
  const { hostname: host, port } = new URL(served.origins[name] ?? '')
  return { name: 'Arete', host, port: Number(port), stop }
}
