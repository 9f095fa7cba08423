import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getPlatformProxy, unstable_readConfig as readConfig } from 'wrangler'
import type { Unstable_Config } from 'wrangler'
import type { Bucket, Database } from '#platform/bindings.ts'
import { localBindings, remoteBindings } from './binding-config.ts'
import type { DatabaseLocation } from './d1.ts'
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
 * Opens the bindings of a deployment: on this machine those of `npm start`, be it running or not,
 * else those of the deployed Worker, through a session of wrangler.
 */
export async function openDeployment(target: DeploymentTarget): Promise<Deployment> {
  const config: Unstable_Config = readConfig({ config: join(projectFolder, 'wrangler.toml') })
  const bindings =
    target.location === 'remote'
      ? remoteBindings(config, await runWrangler(['d1', 'list', '--json']))
      : localBindings(config)

  const folder = await mkdtemp(join(tmpdir(), 'arete-'))
  const configPath = join(folder, 'wrangler.json')
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
    await rm(folder, { recursive: true, force: true })
  }
}

/** Where wrangler keeps a local deployment. */
function stateFolder({ persistTo }: DeploymentTarget): string {
  return persistTo ?? join(projectFolder, '.wrangler/state')
}
