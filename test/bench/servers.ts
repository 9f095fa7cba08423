import { join } from 'node:path'
import { readD1Migrations } from '@cloudflare/vitest-plugin'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { unstable_readConfig as readConfig } from 'wrangler'
import type { Unstable_Config } from 'wrangler'
import { projectFolder } from '#cli/wrangler.ts'
import { buildWorker } from '../../scripts/build-worker.ts'

/** The Workers of a benchmark, over one database and one session store. */
export interface BenchServers {
  /** The product as it is deployed. */
  readonly product: string
  /** The product with bindings that remember what it asks of them. */
  readonly recording: string
  /** The yardstick. */
  readonly bare: string
  readonly database: BenchDatabase
  stop(): Promise<void>
}

/** The database all of them share. */
export type BenchDatabase = Awaited<ReturnType<Miniflare['getD1Database']>>

/**
 * Builds the three Workers and serves each on a socket of its own, without what `wrangler dev` puts
 * before a Worker. The database is empty but for the migrations and is gone afterwards.
 */
export async function startBenchServers(): Promise<BenchServers> {
  const workers = {
    product: 'src/worker.ts',
    recording: 'test/bench/recording-worker.ts',
    bare: 'test/bench/bare-worker.ts',
  }
  const config: Unstable_Config = readConfig({ config: join(projectFolder, 'wrangler.toml') })
  const builds = await Promise.all(
    Object.entries(workers).map(async ([name, entry]) => ({
      name,
      modules: await build(name, entry),
      compatibilityDate: config.compatibility_date,
      d1Databases: { DB: 'bench' },
      kvNamespaces: { SESSIONS: 'bench' },
      unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
    })),
  )
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({ cf: false, logRequests: false, workers: builds }),
  )
  const address = async (name: keyof typeof workers) =>
    (await miniflare.unsafeGetDirectURL(name)).origin
  const database = await miniflare.getD1Database('DB', 'product')
  await migrate(database)
  return {
    product: await address('product'),
    recording: await address('recording'),
    bare: await address('bare'),
    database,
    stop: () => miniflare.dispose(),
  }
}

async function build(name: string, entry: string) {
  const files = await buildWorker(entry, `dist/bench/${name}`)
  return files.map((path) => ({
    type: path.endsWith('.js') ? ('ESModule' as const) : ('CompiledWasm' as const),
    path,
  }))
}

async function migrate(database: BenchDatabase): Promise<void> {
  for (const { queries } of await readD1Migrations(join(projectFolder, 'drizzle'))) {
    await database.batch(queries.map((query) => database.prepare(query)))
  }
}
