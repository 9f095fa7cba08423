import { readLocalWorker, startRuntime } from '#cli/local-runtime.ts'
import type { Database } from '#platform/bindings.ts'
import { bundleWorker } from './bundle-worker.ts'

/** The address and the data folder of a local server. */
export interface LocalServerOptions {
  readonly host: string
  readonly port: number
  /** As in `wrangler dev --persist-to`. */
  readonly stateFolder: string
  /** Variables in addition to wrangler.toml and `.dev.vars`. */
  readonly variables?: Readonly<Record<string, string>>
}

/** A running local server. */
export interface LocalServer {
  readonly db: Database
  /** Runs the due jobs. There is no other scheduler here. */
  runScheduledJobs(): Promise<void>
  stop(): Promise<void>
}

/**
 * Serves the Worker in Cloudflare's runtime with the bindings of wrangler.toml and the data folder
 * of `wrangler dev`. Applies missing migrations.
 */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const { host, port, stateFolder, variables } = options
  const [{ name, options: worker }, modules] = await Promise.all([
    readLocalWorker(),
    bundleWorker('src/worker.ts'),
    // Loading it takes half a second, during which the bundler's process works.
    import('miniflare'),
  ])
  const starting = startRuntime({
    stateFolder,
    address: { host, port },
    worker: {
      ...worker,
      name,
      modules,
      bindings: { ...(worker.bindings as Readonly<Record<string, string>>), ...variables },
    },
  })
  // Loaded while the runtime's process starts.
  const { applyMigrations } = await import('#cli/migrations.ts')
  const { retryWhileBusy } = await import('#cli/retry-while-busy.ts')
  const runtime = await starting
  const db = (await runtime.getD1Database('DB', name)) as unknown as Database
  await retryWhileBusy(() => applyMigrations(db))
  const main = await runtime.getWorker(name)
  return {
    db,
    async runScheduledJobs() {
      await main.scheduled({ cron: '* * * * *' })
    },
    stop: () => runtime.dispose(),
  }
}
