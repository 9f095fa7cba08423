import { join } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import type { Unstable_Config } from 'wrangler'
import { loadWrangler, projectFolder } from '#cli/wrangler.ts'
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
  /** Runs the jobs that are due, which nothing else does here. */
  runScheduledJobs(): Promise<void>
  stop(): Promise<void>
}

/**
 * Serves the Worker with the bindings of wrangler.toml, in the runtime that Cloudflare has, from the
 * folder in which `wrangler dev` would keep its data.
 */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const { host, port, stateFolder, variables } = options
  const { unstable_readConfig, unstable_getMiniflareWorkerOptions } = await loadWrangler()
  const config: Unstable_Config = unstable_readConfig({
    config: join(projectFolder, 'wrangler.toml'),
  })
  const {
    modulesRules: _,
    bindings,
    ...workerOptions
  } = unstable_getMiniflareWorkerOptions(config).workerOptions
  const name = config.name ?? 'arete'
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host,
      port,
      // Else example metadata of requests is fetched from the internet.
      cf: false,
      logRequests: false,
      log: new Log(LogLevel.WARN),
      resourcePersistencePath: join(stateFolder, 'v3'),
      workers: [
        {
          ...workerOptions,
          name,
          modules: await bundleWorker('src/worker.ts'),
          bindings: { ...(bindings as Readonly<Record<string, string>>), ...variables },
        },
      ],
    }),
  )
  await miniflare.ready
  const worker = await miniflare.getWorker(name)
  return {
    async runScheduledJobs() {
      await worker.scheduled({ cron: '* * * * *' })
    },
    stop: () => miniflare.dispose(),
  }
}
