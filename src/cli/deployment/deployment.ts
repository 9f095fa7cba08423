import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Unstable_Config } from 'wrangler'
import type { Bucket, Database } from '#platform/bindings.ts'
import { remoteBindings } from './binding-config.ts'
import { localStateFolder, startRuntime } from './local-runtime.ts'
import { readLocalWorker } from './local-worker.ts'
import { applyMigrations } from './migrations.ts'
import { retryWhileBusy } from './retry-while-busy.ts'
import { makeTemporaryFolder } from '#cli/terminal/temporary-folder.ts'
import { projectFolder } from './project-folder.ts'
import { loadWrangler, runWrangler } from './wrangler.ts'

/** The location of the database: local, as used by `npm start`, or deployed. */
export type DatabaseLocation = 'local' | 'remote'

/** The bindings of a deployment, open to this process. */
export interface Deployment {
  readonly db: Database
  readonly files: Bucket
  close(): Promise<void>
}

/** The target of a command. */
export interface DeploymentTarget {
  readonly location: DatabaseLocation
  /**
   * The folder of a local deployment other than that of `npm start`; see wrangler's `--persist-to`.
   */
  readonly persistTo?: string
}

/**
 * Opens a deployment. A local one is migrated first; a deployed one is migrated on deployment.
 *
 * @throws {UsageError} If nothing is deployed yet.
 */
export async function openDeployment(target: DeploymentTarget): Promise<Deployment> {
  const deployment = await openBindings(target)
  if (target.location === 'remote') return deployment
  try {
    await retryWhileBusy(() => applyMigrations(deployment.db))
    return deployment
  } catch (error) {
    await deployment.close()
    throw error
  }
}

/** Opens the bindings of the local deployment, running or not, or of the deployed Worker. */
async function openBindings(target: DeploymentTarget): Promise<Deployment> {
  return target.location === 'remote' ? await openRemote() : await openLocal(stateFolder(target))
}

async function openLocal(folder: string): Promise<Deployment> {
  const { name, options } = await readLocalWorker()
  const { compatibilityDate, d1Databases, r2Buckets } = options
  const script = { modules: true, script: 'export default {}' }
  const runtime = await startRuntime({
    stateFolder: folder,
    workers: [{ name, compatibilityDate, d1Databases, r2Buckets, ...script }],
  })
  return {
    db: (await runtime.getD1Database('DB', name)) as unknown as Database,
    files: (await runtime.getR2Bucket('FILES', name)) as unknown as Bucket,
    close: () => runtime.dispose(),
  }
}

/** Opens a wrangler session with the deployed Worker's bindings. */
async function openRemote(): Promise<Deployment> {
  const { getPlatformProxy, unstable_readConfig: readConfig } = await loadWrangler()
  const config: Unstable_Config = readConfig({ config: join(projectFolder, 'wrangler.toml') })
  const bindings = remoteBindings(config, await runWrangler(['d1', 'list', '--json']))
  const folder = makeTemporaryFolder()
  const configPath = join(folder.path, 'wrangler.json')
  const { name, compatibility_date, account_id } = config
  await writeFile(configPath, JSON.stringify({ name, compatibility_date, account_id, ...bindings }))
  try {
    const { env, dispose } = await getPlatformProxy<{ DB: Database; FILES: Bucket }>({
      configPath,
      persist: false,
      remoteBindings: true,
    })
    return { db: env.DB, files: env.FILES, close: dispose }
  } finally {
    folder.remove()
  }
}

function stateFolder({ persistTo }: DeploymentTarget): string {
  return persistTo ?? localStateFolder
}
