/*
 * The entry `arete/node`: an application as a server of one's own.
 */
import { join, resolve } from 'node:path'
import { createNodeHost } from '#adapters/node/node-host.ts'
import type { Durability } from '#adapters/node/open-sqlite.ts'
import { readMigrations } from '#cli/deployment/migrations.ts'
import { homeFolder } from '#cli/deployment/project-folder.ts'
import { runToStatus } from '#cli/terminal/run-command.ts'
import { createRewriteOrigin } from '#serve/network-origin.ts'
import { isFurtherThread, runThread } from '#serve/run-thread.ts'
import { serve as serveUntilStopped } from '#serve/serve.ts'
import { type RunningServer, startServer } from '#serve/server.ts'
import type { SettingsKeys } from '#settings/secrets.ts'
import { createExtension } from './create-extension.ts'
import type { AreteApp } from './define-app.ts'

/** Options of a server, with the defaults of `arete serve`. */
export interface CreateServerOptions {
  /** The folder of all data, made if it is missing: `./arete_data`. */
  readonly data?: string
  /** 8090; 0 for any free port. */
  readonly port?: number
  /** The address to listen on: 127.0.0.1. */
  readonly host?: string
  /** The folder of the front end: `./public`. */
  readonly publicFolder?: string
  /** Addresses and CIDR blocks whose `X-Forwarded-For` and `X-Forwarded-Proto` count: none. */
  readonly trustedProxies?: readonly string[]
  readonly durability?: Durability
  /** Seals the secrets in the settings. Without a key, a random one is kept in the data folder. */
  readonly keys?: SettingsKeys
  /** True to run each before hook twice, and to fail if it does not do the same: false. */
  readonly strictHooks?: boolean
}

/**
 * Serves an application in this thread until it is stopped.
 *
 * @throws {Error} If the folder or the port cannot be used.
 */
export async function createServer(
  application: AreteApp,
  options: CreateServerOptions = {},
): Promise<RunningServer> {
  const extension = createExtension(application, {
    isStrict: options.strictHooks,
    environment: () => process.env,
  })
  await extension.ready?.()
  const { data = 'arete_data', durability, keys, trustedProxies = [] } = options
  const rewriteOrigin = createRewriteOrigin(trustedProxies)
  const migrations = await readMigrations()
  const host = await createNodeHost({ folder: resolve(data), durability, migrations, keys })
  return await startServer(host, {
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 8090,
    publicFolder: resolve(options.publicFolder ?? 'public'),
    installedFolder: join(homeFolder, 'public'),
    rewriteOrigin,
    extension,
  })
}

/**
 * Serves an application as `arete serve` does: takes its options from the command line and the
 * environment, and stops when the process is told to. `--help` lists them.
 *
 * @param module `import.meta.url`: the module of this call, which each further thread runs too. Without
 *   it there is one thread.
 */
export async function serve(application: AreteApp, module?: string | URL): Promise<void> {
  const extension = createExtension(application, { environment: () => process.env })
  if (isFurtherThread()) return await runThread(extension)
  const program = module === undefined ? undefined : new URL(module)
  await runToStatus((args, current) =>
    serveUntilStopped(args, { current, home: current, program }, extension),
  )
}

export type { RunningServer }
