import { join } from 'node:path'
import type { Miniflare } from 'miniflare'
import type { Unstable_Config } from 'wrangler'
import { startRuntime } from '#cli/deployment/local-runtime.ts'
import { applyMigrations } from '#cli/deployment/migrations.ts'
import { projectFolder } from '#cli/deployment/project-folder.ts'
import { loadWrangler } from '#cli/deployment/wrangler.ts'
import { bundleWorker } from '../../scripts/bundle-worker.ts'

/** The baseline of a benchmark has no Durable Objects. All other Workers export the product's. */
const bareWorker = 'test/bench/bare-worker.ts'

const durableObjects = {
  REALTIME: { className: 'RealtimeShard', useSQLite: true },
  BACKUPS: { className: 'BackupObject', useSQLite: true },
}

/** Workers that share one database and one session store. */
export interface ServedWorkers<Name extends string> {
  /** The address of each: `http://127.0.0.1:PORT`. */
  readonly origins: Readonly<Record<Name, string>>
  readonly database: ServedDatabase
  readonly bucket: ServedBucket
  stop(): Promise<void>
}

/** Seals secrets of a database that is deleted with the Workers. */
const settingsKey = 'the key of all served Workers'.padEnd(32, '.')

/** The bucket that all share. */
export type ServedBucket = Awaited<ReturnType<Miniflare['getR2Bucket']>>

/** The database that all share. */
export type ServedDatabase = Awaited<ReturnType<Miniflare['getD1Database']>>

/**
 * Builds Workers from their entry points and serves each on its own socket, without the proxy of
 * `wrangler dev`. The database is migrated, and deleted afterwards.
 *
 * @param variables variables of all Workers besides their stores
 * @param publicFolders the folder to serve by name, as `wrangler.toml` does with `public/`
 */
export async function serveWorkers<Name extends string>(
  entries: Readonly<Record<Name, string>>,
  variables: Readonly<Record<string, string>> = {},
  publicFolders: Partial<Readonly<Record<Name, string>>> = {},
): Promise<ServedWorkers<Name>> {
  const names = Object.keys(entries) as Name[]
  // The help of a benchmark needs neither.
  const { unstable_readConfig } = await loadWrangler()
  const config: Unstable_Config = unstable_readConfig({
    config: join(projectFolder, 'wrangler.toml'),
  })
  const workers = await Promise.all(
    names.map(async (name) => ({
      name,
      modules: (await bundleWorker(entries[name])).modules,
      compatibilityDate: config.compatibility_date,
      d1Databases: { DB: 'shared' },
      kvNamespaces: { SESSIONS: 'shared' },
      r2Buckets: { FILES: 'shared' },
      images: { binding: 'IMAGES' },
      ...(entries[name] === bareWorker ? {} : { durableObjects }),
      assets: assetsIn(publicFolders[name], config),
      bindings: { SETTINGS_KEY: settingsKey, ...variables },
      unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
    })),
  )
  const miniflare = await startRuntime({ workers })
  const addresses = await Promise.all(
    names.map(async (name) => [name, (await miniflare.unsafeGetDirectURL(name)).origin] as const),
  )
  const database = await miniflare.getD1Database('DB', names[0])
  await applyMigrations(database)
  return {
    origins: Object.fromEntries(addresses) as Record<Name, string>,
    database,
    bucket: await miniflare.getR2Bucket('FILES', names[0]),
    stop: () => miniflare.dispose(),
  }
}

function assetsIn(directory: string | undefined, { assets }: Unstable_Config) {
  if (directory === undefined) return undefined
  return {
    directory,
    binding: assets?.binding,
    run_worker_first: assets?.run_worker_first,
    routerConfig: { has_user_worker: true },
    assetConfig: { not_found_handling: assets?.not_found_handling },
  }
}
