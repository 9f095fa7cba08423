import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Unstable_Config } from 'wrangler'
import type { Bucket, Database } from '#platform/bindings.ts'
import { remoteBindings } from './binding-config.ts'
import { localStateFolder, readLocalWorker, startRuntime } from './local-runtime.ts'
import { applyMigrations } from './migrations.ts'
import { retryWhileBusy } from './retry-while-busy.ts'
import { makeTemporaryFolder } from './temporary-folder.ts'
import { loadWrangler, projectFolder, runWrangler } from './wrangler.ts'

/** Which database is meant: the one of `npm start`, or the deployed one. */
export type DatabaseLocation = 'local' | 'remote'

/** What a deployment stores, open to this process. */
export interface Deployment {
  readonly db: Database
  readonly files: Bucket
  close(): Promise<void>
}

/** Which deployment is meant. */
export interface DeploymentTarget {
  readonly location: DatabaseLocation
  /** The folder a local one is kept in, when it is not the one of `npm start`; as wrangler means it. */
  readonly persistTo?: string
}

/**
 * Opens a deployment, a local one after its tables were brought up to date. Those of the deployed one
 * go with its code.
 *
 * @throws {UsageError} when nothing is deployed yet
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

/** Opens the bindings of a deployment: those of `npm start`, running or not, or of the deployed Worker. */
async function openBindings(target: DeploymentTarget): Promise<Deployment> {
  return target.location === 'remote' ? await openRemote() : await openLocal(stateFolder(target))
}

async function openLocal(folder: string): Promise<Deployment> {
  const { name, options } = await readLocalWorker()
  const { compatibilityDate, d1Databases, r2Buckets } = options
  const script = { modules: true, script: 'export default {}' }
  const runtime = await startRuntime({
    stateFolder: folder,
    worker: { name, compatibilityDate, d1Databases, r2Buckets, ...script },
  })
  return {
    db: (await runtime.getD1Database('DB', name)) as unknown as Database,
    files: (await runtime.getR2Bucket('FILES', name)) as unknown as Bucket,
    close: () => runtime.dispose(),
  }
}

/** Opens a session of wrangler with the deployed Worker's bindings. */
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
