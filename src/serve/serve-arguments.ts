import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import type { Durability } from '#adapters/node/open-sqlite.ts'
import { maxThreads } from '#adapters/node/realtime-shards.ts'
import { usualDataFolder } from '#cli/deployment/usual-data-folder.ts'
import { readArguments, UsageError } from '#cli/terminal/usage.ts'
import { createRewriteOrigin } from './network-origin.ts'

/** The help text of `arete serve`. */
export const serveHelp = `Serves Arete on this machine: one process, with its data in one folder.

  npx arete serve                          in this repository also: npm run serve
  npx arete serve --data DIR --port 8090

  --data DIR            the folder of all data, made if it is missing (DATA, ./arete_data)
  --port NUMBER         the port (PORT, 8090)
  --host ADDRESS        the address to listen on (HOST, 127.0.0.1; in a container 0.0.0.0)
  --public DIR          the folder of the front end (PUBLIC, Arete's folder public)
  --trusted-proxy LIST  addresses or CIDR blocks whose X-Forwarded-For and X-Forwarded-Proto count,
                        with commas between them (TRUSTED_PROXY, none)
  --durability LEVEL    normal, or full to sync each write to the disk (DURABILITY, normal)
  --threads NUMBER      the threads that serve, at most 8 (THREADS, one per core; on Linux and FreeBSD
                        only, elsewhere 1)

An option counts more than the environment variable in parentheses. SETTINGS_KEY seals the secrets in
the settings; without it, a random key is kept in the data folder.
`

/** The options of a server. */
export interface ServeOptions {
  /** An absolute path. */
  readonly data: string
  readonly port: number
  readonly host: string
  /** An absolute path; undefined for the folder of the installation. */
  readonly publicFolder: string | undefined
  /** Addresses and CIDR blocks. */
  readonly trustedProxies: readonly string[]
  readonly durability: Durability
  /** Undefined for the usual number. */
  readonly threads: number | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Parses the command line and the environment; undefined to print the help.
 *
 * @param folder the folder that paths are relative to
 * @throws {UsageError}
 */
export function parseServeArguments(
  args: readonly string[],
  folder: string,
  environment: Environment,
): ServeOptions | undefined {
  const { values } = readArguments(
    {
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        data: { type: 'string' },
        port: { type: 'string' },
        host: { type: 'string' },
        public: { type: 'string' },
        'trusted-proxy': { type: 'string' },
        durability: { type: 'string' },
        threads: { type: 'string' },
      },
    },
    'npx arete serve --help',
  )
  if (values.help === true) return undefined

  const chosen = (option: string | undefined, name: string): string | undefined =>
    option ?? (environment[name] === '' ? undefined : environment[name])
  const publicFolder = chosen(values.public, 'PUBLIC')
  return {
    data: resolve(folder, values.data ?? usualDataFolder(folder, environment)),
    port: portIn(chosen(values.port, 'PORT') ?? '8090'),
    host: chosen(values.host, 'HOST') ?? '127.0.0.1',
    publicFolder: publicFolder === undefined ? undefined : resolve(folder, publicFolder),
    trustedProxies: proxiesIn(chosen(values['trusted-proxy'], 'TRUSTED_PROXY') ?? ''),
    durability: durabilityIn(chosen(values.durability, 'DURABILITY') ?? 'normal'),
    threads: threadsIn(chosen(values.threads, 'THREADS')),
  }
}

function portIn(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port > 0 && port < 65_536) return port
  throw new UsageError(`"${text}" is not a port; a port is a number from 1 to 65535.`)
}

function proxiesIn(list: string): string[] {
  const named = list.split(',').map((proxy) => proxy.trim())
  const proxies = named.filter((proxy) => proxy !== '')
  try {
    createRewriteOrigin(proxies)
    return proxies
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new UsageError(
      `"${error.message}" is not a trusted proxy: name addresses like 10.0.0.1 or blocks like 10.0.0.0/8.`,
      { cause: error },
    )
  }
}

function durabilityIn(text: string): Durability {
  if (text === 'normal' || text === 'full') return text
  throw new UsageError(`"${text}" is not a durability: normal or full.`)
}

/** True if the system spreads connections over all that listen on a port. */
const canSharePort =
  ['linux', 'freebsd'].includes(process.platform) && process.versions['bun'] === undefined

/** One for each core, at most as many as there are shards. */
export const usualThreads = canSharePort ? Math.min(availableParallelism(), maxThreads) : 1

function threadsIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const threads = Number(text)
  if (!/^\d+$/.test(text) || threads < 1 || threads > maxThreads)
    throw new UsageError(`"${text}" is not a number of threads: from 1 to ${maxThreads}.`)
  if (threads > 1 && !canSharePort)
    throw new UsageError('Threads cannot share a port on this system: --threads 1.')
  return threads
}
