import { newSetupLink } from '#auth/setup/new-setup-link.ts'
import type { Miniflare } from 'miniflare'
import { loadMiniflare, startRuntime } from '#cli/deployment/local-runtime.ts'
import { type LocalWorker, readLocalWorker } from '#cli/deployment/local-worker.ts'
import { applyMigrations } from '#cli/deployment/migrations.ts'
import { retryWhileBusy } from '#cli/deployment/retry-while-busy.ts'
import { runOnStoredTables } from '#cli/deployment/stored-tables.ts'
import type { Database } from '#platform/bindings.ts'
import type { WorkerModule } from './bundle-worker.ts'
import { cachedBundle } from './cached-bundle.ts'

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
  /** True if a superuser existed at the start. */
  readonly hasSuperuser: boolean
  /** The token of a new setup link, for the terminal only; undefined if a superuser exists. */
  readonly setupToken: string | undefined
  /** Runs the due jobs. There is no other scheduler here. */
  runScheduledJobs(): Promise<void>
  stop(): Promise<void>
}

/** The Worker of a local server, with its code. */
export interface PreparedStart extends LocalWorker {
  readonly modules: WorkerModule[]
}

/** Loads the parts of a start, and caches the slow ones for the next start. */
export async function prepareStart(): Promise<PreparedStart> {
  const preparing = Promise.all([cachedBundle(), readLocalWorker()])
  // Loading it takes half a second, during which the bundler's process works.
  loadMiniflare()
  const [modules, worker] = await preparing
  return { ...worker, modules }
}

/**
 * Serves the Worker in Cloudflare's runtime with the bindings of wrangler.toml and the data folder
 * of `wrangler dev`. Applies missing migrations.
 */
export async function startLocalServer(
  { name, options: worker, modules }: PreparedStart,
  { host, port, stateFolder, variables }: LocalServerOptions,
): Promise<LocalServer> {
  const { token, statement } = await newSetupLink(new Date())
  const stored = runOnStoredTables(stateFolder, worker.d1Databases.DB.id, statement)
  const runtime = await startRuntime({
    stateFolder,
    address: { host, port },
    workers: [
      {
        ...worker,
        name,
        modules,
        bindings: { ...(worker.bindings as Readonly<Record<string, string>>), ...variables },
      },
    ],
  })
  const hasSuperuser = stored ?? (await updateTables(runtime, name, statement))
  return {
    hasSuperuser,
    setupToken: hasSuperuser ? undefined : token,
    async runScheduledJobs() {
      const main = await runtime.getWorker(name)
      await main.scheduled({ cron: '* * * * *' })
    },
    stop: () => runtime.dispose(),
  }
}

/** Applies missing migrations, runs a statement, and returns true if there is a superuser. */
async function updateTables(
  runtime: Miniflare,
  worker: string,
  statement: string,
): Promise<boolean> {
  const db: Database = await runtime.getD1Database('DB', worker)
  return await retryWhileBusy(async () => {
    await applyMigrations(db)
    const [, superusers] = await db.batch([
      db.prepare(statement),
      db.prepare('SELECT 1 FROM "_superusers" LIMIT 1'),
    ])
    return superusers !== undefined && superusers.results.length > 0
  })
}
