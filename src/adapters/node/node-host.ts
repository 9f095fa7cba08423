/*
 * The host of one's own: everything that the app needs, from one folder.
 *
 *   data.db   records, definitions, settings   (binding DB)
 *   logs.db   logs                             (binding LOGS)
 *   kv.db     sessions, the steps of a backup  (binding SESSIONS)
 *   storage/  files and backups                (binding FILES)
 *   settings.key  seals the secrets in the settings, unless the environment has a key
 *   lock.db   held while a process uses the folder
 */
import type { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import type { CostName } from '#adapters/argon2/argon2-cost.ts'
import type { BackupRunner } from '#platform/backups.ts'
import type { Database, KeyValueStore, RawDatabase } from '#platform/bindings.ts'
import type { ImageResizer } from '#platform/images.ts'
import type { Mailer, MailTransports } from '#platform/mailer.ts'
import type { PasswordHasher } from '#platform/password-hasher.ts'
import type { WebhookSender } from '#platform/webhook-sender.ts'
import type { SettingsKeys } from '#settings/secrets.ts'
import { createNodeHasher } from './argon2-hasher.ts'
import { type BackgroundWork, createBackground } from './background.ts'
import { createBackupRunner } from './backup-runner.ts'
import { holdDataFolder, toFolderError } from './data-folder.ts'
import { type DiskBucket, openDiskBucket } from './disk-bucket.ts'
import { type HostThread, sharedFile } from './host-thread.ts'
import { createKeyValueStore } from './key-value-store.ts'
import { createMailTransports } from './mail-transports.ts'
import { migrate, type Migration } from './migrate.ts'
import { NodeDatabase } from './node-database.ts'
import { type OpenOptions, openSqlite } from './open-sqlite.ts'
import {
  createRealtimeShards,
  type NodeRealtimeShards,
  type ShardFunctions,
} from './realtime-shards.ts'
import { completeSettingsKeys } from './settings-key.ts'
import { findSharpImages } from './sharp-images.ts'
import { createStepStorage } from './step-storage.ts'
import { type Call, connectCalls } from './thread-calls.ts'
import { provideDigests } from './web-crypto-digests.ts'
import { createNodeSender } from './webhook-sender.ts'

/** Options of a host. */
export interface NodeHostOptions extends OpenOptions {
  /** The data folder, made if it is missing. */
  readonly folder: string
  /** The files of the folder `drizzle`, in order. */
  readonly migrations: readonly Migration[]
  /** Seals the secrets in the settings. Without a key, a random one is kept in the folder. */
  readonly keys?: SettingsKeys
  readonly passwordCost?: CostName
  /** A way to send mails that is not SMTP. */
  readonly mailer?: Mailer
  /** This thread, if several serve the folder. The first must be open before the others are. */
  readonly thread?: HostThread | undefined
}

/** A running host. */
export interface NodeHost {
  /** The bindings of each request. */
  readonly bindings: {
    readonly DB: Database & RawDatabase
    readonly LOGS: Database
    readonly SESSIONS: KeyValueStore
    readonly FILES: DiskBucket
  } & SettingsKeys
  /** The services that `createApp` needs. */
  readonly services: {
    readonly passwords: PasswordHasher
    readonly mail: MailTransports
    readonly webhooks: WebhookSender
    /** Undefined if `sharp` is not installed. */
    readonly images: ImageResizer | undefined
    readonly backups: BackupRunner
    readonly realtime: NodeRealtimeShards
  }
  /** The file of a settings key that was just made. */
  readonly madeKeyFile: string | undefined
  /** The execution context of each request. */
  readonly background: BackgroundWork
  /** Removes what has expired. The host does it by itself now and then. */
  sweep(): Promise<void>
  /** Drops the pages of the databases that are in memory. They are read again when they are needed. */
  dropCaches(): void
  /**
   * Ends the background work, and then the connections to the files. Call it once; in the first thread
   * when the others have closed.
   */
  close(): Promise<void>
}

const sweepMilliseconds = 60_000

/** The cache of the records in all threads together, in KiB. */
const recordsCacheKib = 32 * 1024

/**
 * Opens the data folder and applies missing migrations.
 *
 * @throws {DataFolderError} If the folder cannot be used.
 * @throws {NewerDatabaseError} If a newer version has used it.
 */
export async function createNodeHost(options: NodeHostOptions): Promise<NodeHost> {
  // The other threads use the folder that the first one holds.
  const held = isFirst(options.thread) ? holdDataFolder(options.folder) : undefined
  const opened: Closable[] = []
  const open = (name: string): DatabaseSync => {
    const threads = options.thread?.count ?? 1
    const cacheKib = name === 'data.db' ? Math.round(recordsCacheKib / threads) : undefined
    const database = openSqlite(join(options.folder, name), { ...options, cacheKib })
    opened.push(database)
    return database
  }
  const closeAll = async (): Promise<void> => {
    for (const one of opened.toReversed()) await one.close()
    held?.release()
  }
  try {
    return await openHost(options, open, { opened, closeAll })
  } catch (error) {
    await closeAll()
    throw toFolderError(options.folder, error)
  }
}

/** A database or a bucket. */
interface Closable {
  close(): void | Promise<void>
}

/** The functions of a thread that the others call. */
type ThreadFunctions = ShardFunctions & BackupFunctions

/** Functions of the first thread, whose backup runner all share. */
interface BackupFunctions {
  readonly currentBackup: BackupRunner['current']
  readonly startBackup: BackupRunner['start']
  readonly waitForBackup: BackupRunner['wait']
  readonly [name: string]: (...args: never[]) => Promise<unknown>
}

function isFirst(thread: HostThread | undefined): boolean {
  return thread === undefined || thread.number === 0
}

async function openHost(
  { folder, migrations, keys: given = {}, passwordCost, mailer, thread }: NodeHostOptions,
  open: (name: string) => DatabaseSync,
  { opened, closeAll }: { readonly opened: Closable[]; readonly closeAll: () => Promise<void> },
): Promise<NodeHost> {
  provideDigests()
  const { keys, madeFile } = completeSettingsKeys(folder, given)
  const openDatabase = (name: 'data.db' | 'logs.db'): NodeDatabase => {
    const database = open(name)
    if (isFirst(thread)) migrate(database, migrations)
    return new NodeDatabase(database, thread && sharedFile(thread.memory, name))
  }
  const [DB, LOGS] = [openDatabase('data.db'), openDatabase('logs.db')]
  const kv = open('kv.db')
  const SESSIONS = createKeyValueStore(kv)
  const FILES = await openDiskBucket(join(folder, 'storage'), { isOwner: isFirst(thread) })
  opened.push(FILES)

  const calls: (Call<ThreadFunctions> | undefined)[] = []
  const call = (number: number): Call<ThreadFunctions> => {
    const known = calls[number]
    if (known === undefined) throw new Error(`There is no thread ${number}.`)
    return known
  }
  const realtime = createRealtimeShards(DB, thread && { ...thread, call })
  const runner = isFirst(thread)
    ? createBackupRunner({ db: DB, bucket: FILES, storage: createStepStorage(kv), keys })
    : undefined
  const backups = runner ?? runnerOfFirst(() => call(0))
  const callable = { ...realtime.callable, ...functionsOf(backups) }
  thread?.ports.forEach((port, number) => {
    if (port !== undefined) calls[number] = connectCalls<ThreadFunctions>(port, callable)
  })
  const background = createBackground()

  async function sweep(): Promise<void> {
    SESSIONS.sweep()
    await FILES.sweep()
  }
  const timer = isFirst(thread)
    ? setInterval(() => background.waitUntil(sweep()), sweepMilliseconds)
    : undefined
  timer?.unref()
  await runner?.resume()

  return {
    bindings: { DB, LOGS, SESSIONS, FILES, ...keys },
    madeKeyFile: madeFile,
    services: {
      passwords: createNodeHasher({ cost: passwordCost }),
      mail: createMailTransports(mailer),
      webhooks: createNodeSender(),
      images: findSharpImages(),
      backups,
      realtime,
    },
    background,
    sweep,
    dropCaches() {
      DB.dropCache()
      LOGS.dropCache()
    },
    async close() {
      clearInterval(timer)
      realtime.close()
      await Promise.all([runner?.close(), background.settled()])
      await closeAll()
    },
  }
}

function functionsOf(backups: BackupRunner): BackupFunctions {
  return {
    currentBackup: () => backups.current(),
    startBackup: (task, afterMilliseconds) => backups.start(task, afterMilliseconds),
    waitForBackup: () => backups.wait(),
  }
}

/** The runner of the first thread. */
function runnerOfFirst(first: () => Call<ThreadFunctions>): BackupRunner {
  return {
    current: () => first()('currentBackup'),
    start: (task, afterMilliseconds) => first()('startBackup', task, afterMilliseconds),
    wait: () => first()('waitForBackup'),
  }
}
