import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { createHostThreads, type HostThread } from '#adapters/node/host-thread.ts'
import { NewerDatabaseError } from '#adapters/node/migrate.ts'
import { createNodeHost, type NodeHost } from '#adapters/node/node-host.ts'
import { newSetupLink } from '#auth/setup/new-setup-link.ts'
import type { Extension } from '#app.ts'
import { readMigrations } from '#cli/deployment/migrations.ts'
import { homeFolder } from '#cli/deployment/project-folder.ts'
import { UsageError } from '#cli/terminal/usage.ts'
import type { SettingsKeys } from '#settings/secrets.ts'
import { createRewriteOrigin } from './network-origin.ts'
import {
  parseServeArguments,
  serveHelp,
  type ServeOptions,
  usualThreads,
} from './serve-arguments.ts'
import { type RunningServer, startServer } from './server.ts'
import { expectFreePort, joinThreads, startThreads } from './server-threads.ts'
import { firstStopSignal } from './stop-signal.ts'

/** The folders of a command. */
export interface CommandFolders {
  /** The folder that the command was typed in. */
  readonly current: string
  /** The installation or the project, with the folder `public`. */
  readonly home: string
  /** The module that each further thread runs; without it there is one thread. */
  readonly program?: URL
}

/**
 * Serves until the process is told to stop, and returns the exit status.
 *
 * @param extension the additions of an application
 * @throws {UsageError} If the options, the folder or the port cannot be used.
 */
export async function serve(
  args: readonly string[],
  folders: CommandFolders,
  extension?: Extension,
): Promise<number> {
  const options = parseServeArguments(args, folders.current, process.env)
  if (options === undefined) {
    say(serveHelp)
    return 0
  }
  await assertReady(extension)
  const stopped = firstStopSignal()
  const [thread, ...others] = createHostThreads(threadsOf(options, folders))
  const host = await openHost(options, others.length > 0 ? thread : undefined)
  const setupToken = await makeSetupLink(host)
  const server = await listen(host, options, folders, { extension, others })
  say(runningText(options, host, setupToken))

  await stopped
  say('Stopping.\n')
  await server.stop()
  return 0
}

function threadsOf({ threads }: ServeOptions, { program }: CommandFolders): number {
  if (program !== undefined) return threads ?? usualThreads
  if (threads !== undefined && threads > 1)
    throw new UsageError(
      'This application has one thread, since its module is not known: serve(app, import.meta.url).',
    )
  return 1
}

function say(text: string): void {
  process.stdout.write(text)
}

async function openHost(
  { data, durability }: ServeOptions,
  thread: HostThread | undefined,
): Promise<NodeHost> {
  const keys = keysIn(process.env)
  try {
    const migrations = await readMigrations()
    return await createNodeHost({ folder: data, durability, migrations, keys, thread })
  } catch (error) {
    if (error instanceof NewerDatabaseError) {
      const advice = 'Update Arete, or choose another folder with --data.'
      throw new UsageError(`${error.message} ${advice}`, { cause: error })
    }
    throw error
  }
}

/** The keys that are set. An empty variable is none. */
function keysIn({ SETTINGS_KEY, SETTINGS_KEY_PREVIOUS }: SettingsKeys): SettingsKeys {
  return {
    ...(isSet(SETTINGS_KEY) && { SETTINGS_KEY }),
    ...(isSet(SETTINGS_KEY_PREVIOUS) && { SETTINGS_KEY_PREVIOUS }),
  }
}

function isSet(variable: string | undefined): boolean {
  return variable !== undefined && variable !== ''
}

/** The token of a new setup link; undefined if there is a superuser. */
async function makeSetupLink({ bindings: { DB } }: NodeHost): Promise<string | undefined> {
  const { token, statement } = await newSetupLink(new Date())
  const [, superusers] = await DB.batch([
    DB.prepare(statement),
    DB.prepare('SELECT 1 FROM "_superusers" LIMIT 1'),
  ])
  return superusers?.results.length === 0 ? token : undefined
}

/**
 * The time that the first thread has the machine to itself, for the requests that wait for the start. Each further
 * thread takes some 150 ms of CPU to start.
 */
const firstResponseMilliseconds = 200

async function listen(
  host: NodeHost,
  options: ServeOptions,
  { home, program }: CommandFolders,
  { extension, others }: { extension: Extension | undefined; others: readonly HostThread[] },
): Promise<RunningServer> {
  const { data, durability, host: address, port, trustedProxies } = options
  const publicFolder = options.publicFolder ?? join(home, 'public')
  const installedFolder = join(homeFolder, 'public')
  const isPortShared = others.length > 0
  let server: RunningServer
  try {
    if (isPortShared) await expectFreePort(port, address)
    server = await startServer(host, {
      host: address,
      port,
      publicFolder,
      installedFolder,
      rewriteOrigin: createRewriteOrigin(trustedProxies),
      extension,
      isPortShared,
    })
  } catch (error) {
    throw new UsageError(listenFault(error, address, port), { cause: error })
  }
  if (program === undefined || !isPortShared) return server
  const hostOptions = { folder: data, durability, keys: keysIn(host.bindings) }
  const serverOptions = { host: address, port, publicFolder, installedFolder }
  const start = { hostOptions, serverOptions, trustedProxies }
  await setTimeout(firstResponseMilliseconds)
  return joinThreads(server, await startThreads(program, start, others, endProcess))
}

/**
 * Ends the process when a thread has ended by itself: the others may wait for it, and it is a defect, as it would
 * be in a process of one thread. Nothing that was answered is lost.
 */
function endProcess(error: unknown): never {
  // oxlint-disable-next-line no-console -- there is no response to report it in
  console.error({ thread: error instanceof Error ? error.stack : String(error) })
  process.exit(1)
}

function listenFault(error: unknown, address: string, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const another = `npx arete serve --port ${port < 65_535 ? port + 1 : 8090}`
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is taken by another program. Choose another: ${another}`
    case 'EACCES':
      return `This user may not listen on port ${port}. Choose one from 1024 up: ${another}`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `This machine has no address ${address}. Choose another with --host.`
    default:
      return `Cannot listen on ${address}, port ${port}: ${error instanceof Error ? error.message : String(error)}`
  }
}

function runningText(
  { data, host: address, port }: ServeOptions,
  { madeKeyFile, services }: NodeHost,
  setupToken: string | undefined,
): string {
  const name = address === '0.0.0.0' || address === '::' ? 'localhost' : address
  const origin = `http://${name.includes(':') ? `[${name}]` : name}:${port}`
  const setup =
    setupToken === undefined
      ? ''
      : `\nCreate the first superuser here, within a day:\n\n  ${origin}/_/setup#${setupToken}\n`
  const key =
    madeKeyFile === undefined
      ? ''
      : `\nA key for the secrets in the settings was made: ${madeKeyFile}\nKeep a copy: without it they cannot be read again. SETTINGS_KEY sets your own.\n`
  const images =
    services.images === undefined ? '\nThere are no thumbnails: for them, npm install sharp.\n' : ''
  return `
Arete is running. Press Ctrl-C to stop it.
${setup}${key}${images}
  Dashboard  ${origin}/_/
  API        ${origin}/api/
  Data       ${data}

`
}

/** @throws {UsageError} If the environment lacks what the application needs. */
async function assertReady(extension: Extension | undefined): Promise<void> {
  try {
    await extension?.ready?.()
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new UsageError(error.message, { cause: error })
  }
}
