import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Unstable_Config } from 'wrangler'
import type { Bucket, Database, KeyValueStore } from '#platform/bindings.ts'
import { expectDataFolder, openDataFolder } from './data-folder.ts'
import { remoteBindings } from './binding-config.ts'
import { localStateFolder, startRuntime } from './local-runtime.ts'
import { readLocalWorker } from './local-worker.ts'
import { applyMigrations } from './migrations.ts'
import { retryWhileBusy } from './retry-while-busy.ts'
import { makeTemporaryFolder } from '#cli/terminal/temporary-folder.ts'
import { projectFolder } from './project-folder.ts'
import { loadWrangler, runWrangler } from './wrangler.ts'

/** The bindings of a deployment, open to this process. */
export interface Deployment {
  readonly db: Database
  readonly files: Bucket
  readonly sessions: KeyValueStore
  close(): Promise<void>
}

/** The target of a command. */
export type DeploymentTarget =
  /** On Cloudflare. */
  | { readonly location: 'remote' }
  /** The data folder of a server on Node. */
  | { readonly location: 'folder'; readonly folder: string }
  | {
      /** On this machine in the Workers runtime, as `npm start` runs it. */
      readonly location: 'local'
      /** Another folder than that of `npm start`; see wrangler's `--persist-to`. */
      readonly persistTo?: string
    }

/**
 * Opens a deployment. A local one is migrated first; a deployed one is migrated on deployment.
 *
 * @throws {UsageError} If nothing is deployed yet.
 */
export async function openDeployment(target: DeploymentTarget): Promise<Deployment> {
  const deployment = await openBindings(target)
  if (target.location !== 'local') return deployment
  try {
    await retryWhileBusy(() => applyMigrations(deployment.db))
    return deployment
  } catch (error) {
    await deployment.close()
    throw error
  }
}

/**
 * Opens a deployment to read its content. A missing folder is not created.
 *
 * @throws {UsageError} If there is none.
 */
export async function openOriginal(target: DeploymentTarget): Promise<Deployment> {
  if (target.location === 'folder') expectDataFolder(target.folder)
  return await openDeployment(target)
}

/** Opens the bindings. The one on this machine may be running. */
async function openBindings(target: DeploymentTarget): Promise<Deployment> {
  switch (target.location) {
    case 'remote':
      return await openRemote()
    case 'folder':
      return await openDataFolder(target.folder)
    case 'local':
      return await openLocal(target.persistTo ?? localStateFolder)
  }
}

async function openLocal(folder: string): Promise<Deployment> {
  const { name, options } = await readLocalWorker()
  const { compatibilityDate, d1Databases, r2Buckets, kvNamespaces } = options
  const script = { modules: true, script: 'export default {}' }
  const runtime = await startRuntime({
    stateFolder: folder,
    workers: [{ name, compatibilityDate, d1Databases, r2Buckets, kvNamespaces, ...script }],
  })
  return {
    db: (await runtime.getD1Database('DB', name)) as unknown as Database,
    files: (await runtime.getR2Bucket('FILES', name)) as unknown as Bucket,
    sessions: (await runtime.getKVNamespace('SESSIONS', name)) as unknown as KeyValueStore,
    close: () => runtime.dispose(),
  }
}

/** Opens a wrangler session with the deployed Worker's bindings. */
async function openRemote(): Promise<Deployment> {
  const { getPlatformProxy, unstable_readConfig: readConfig } = await loadWrangler()
  const config: Unstable_Config = readConfig({ config: join(projectFolder, 'wrangler.toml') })
  const bindings = remoteBindings(config, {
    databases: await runWrangler(['d1', 'list', '--json']),
    namespaces: await runWrangler(['kv', 'namespace', 'list']),
  })
  const folder = makeTemporaryFolder()
  const configPath = join(folder.path, 'wrangler.json')
  const { name, compatibility_date, account_id } = config
  await writeFile(configPath, JSON.stringify({ name, compatibility_date, account_id, ...bindings }))
  try {
    const { env, dispose } = await getPlatformProxy<{
      DB: Database
      FILES: Bucket
      SESSIONS: KeyValueStore
    }>({
      configPath,
      persist: false,
      remoteBindings: true,
    })
    return { db: env.DB, files: env.FILES, sessions: env.SESSIONS, close: dispose }
  } finally {
    folder.remove()
  }
}
