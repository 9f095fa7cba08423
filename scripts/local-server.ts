import { readLocalWorker, startRuntime } from '#cli/local-runtime.ts'
import type { Database } from '#platform/bindings.ts'
import { bundleWorker } from './bundle-worker.ts'

/** Where a local server listens, and what it keeps its data in. */
export interface LocalServerOptions {
  readonly host: string
  readonly port: number
  /** As `wrangler dev --persist-to` means it. */
  readonly stateFolder: string
  /** Added to those of wrangler.toml and `.dev.vars`. */
  readonly variables?: Readonly<Record<string, string>>
}

/** Arete as it runs on this machine. */
export interface LocalServer {
  readonly db: Database
  /** Runs the jobs that are due, which nothing else does here. */
  runScheduledJobs(): Promise<void>
  stop(): Promise<void>
}

/**
 * Serves the Worker with the bindings of wrangler.toml, in the runtime that Cloudflare has, from the
 * folder in which `wrangler dev` would keep its data. Its tables are up to date.
 */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const { host, port, stateFolder, variables } = options
  const [{ name, options: worker }, modules] = await Promise.all([
    readLocalWorker(),
    bundleWorker('src/worker.ts'),
    // Loading it takes half a second, while the bundler works in a process of its own.
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
  // Loaded while the runtime starts in its own process.
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
