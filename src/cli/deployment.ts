import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { getPlatformProxy, unstable_readConfig as readConfig } from 'wrangler'
import type { Unstable_Config } from 'wrangler'
import { runBatch } from '#database/batch.ts'
import type { Bucket, Database } from '#platform/bindings.ts'
import { localBindings, remoteBindings } from './binding-config.ts'
import { applyMigrations, type DatabaseLocation } from './d1.ts'
import { makeTemporaryFolder } from './temporary-folder.ts'
import { projectFolder, runWrangler } from './wrangler.ts'

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
  if (target.location === 'remote' || (await isUpToDate(deployment.db))) return deployment
  try {
    await applyMigrations('local', target.persistTo)
    return deployment
  } catch (error) {
    await deployment.close()
    throw error
  }
}

/** Whether every migration is applied; asking wrangler takes seconds. */
async function isUpToDate(db: Database): Promise<boolean> {
  try {
    const [applied = []] = await runBatch(db, [sql`SELECT "name" FROM "d1_migrations"`])
    const names = new Set(applied.map(({ name }) => name))
    return (await migrationFiles()).every((name) => names.has(name))
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('no such table')) throw error
    return false
  }
}

/** The names of all migrations, in order. */
export async function migrationFiles(): Promise<readonly string[]> {
  const names = await readdir(join(projectFolder, 'drizzle'))
  return names.filter((name) => name.endsWith('.sql')).toSorted()
}

/**
 * Opens the bindings of a deployment: on this machine those of `npm start`, be it running or not,
 * else those of the deployed Worker, through a session of wrangler.
 */
async function openBindings(target: DeploymentTarget): Promise<Deployment> {
  const config: Unstable_Config = readConfig({ config: join(projectFolder, 'wrangler.toml') })
  const bindings =
    target.location === 'remote'
      ? remoteBindings(config, await runWrangler(['d1', 'list', '--json']))
      : localBindings(config)

  const folder = makeTemporaryFolder()
  const configPath = join(folder.path, 'wrangler.json')
  const { name, compatibility_date, account_id } = config
  await writeFile(configPath, JSON.stringify({ name, compatibility_date, account_id, ...bindings }))
  process.env['CLOUDFLARE_CF_FETCH_ENABLED'] = 'false'
  process.env['WRANGLER_SEND_METRICS'] = 'false'
  try {
    const { env, dispose } = await getPlatformProxy<{ DB: Database; FILES: Bucket }>({
      configPath,
      persist: { path: join(stateFolder(target), 'v3') },
      remoteBindings: target.location === 'remote',
    })
    return { db: env.DB, files: env.FILES, close: dispose }
  } finally {
    folder.remove()
  }
}

/** Where wrangler keeps a local deployment. */
function stateFolder({ persistTo }: DeploymentTarget): string {
  return persistTo ?? join(projectFolder, '.wrangler/state')
}
