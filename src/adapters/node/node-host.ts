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
import type { Database, KeyValueStore, RawDatabase } from '#platform/bindings.ts'
import type { ImageResizer } from '#platform/images.ts'
import type { Mailer, MailTransports } from '#platform/mailer.ts'
import type { PasswordHasher } from '#platform/password-hasher.ts'
import type { WebhookSender } from '#platform/webhook-sender.ts'
import type { SettingsKeys } from '#settings/secrets.ts'
import { createNodeHasher } from './argon2-hasher.ts'
import { type BackgroundWork, createBackground } from './background.ts'
import { createBackupRunner, type NodeBackupRunner } from './backup-runner.ts'
import { holdDataFolder, toFolderError } from './data-folder.ts'
import { type DiskBucket, openDiskBucket } from './disk-bucket.ts'
import { createKeyValueStore } from './key-value-store.ts'
import { createMailTransports } from './mail-transports.ts'
import { migrate, type Migration } from './migrate.ts'
import { NodeDatabase } from './node-database.ts'
import { type OpenOptions, openSqlite } from './open-sqlite.ts'
import { createRealtimeShards, type NodeRealtimeShards } from './realtime-shards.ts'
import { completeSettingsKeys } from './settings-key.ts'
import { findSharpImages } from './sharp-images.ts'
import { createStepStorage } from './step-storage.ts'
import { provideMd5 } from './web-crypto-md5.ts'
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
    readonly backups: NodeBackupRunner
    readonly realtime: NodeRealtimeShards
  }
  /** The file of a settings key that was just made. */
  readonly madeKeyFile: string | undefined
  /** The execution context of each request. */
  readonly background: BackgroundWork
  /** Removes what has expired. The host does it by itself now and then. */
  sweep(): Promise<void>
  /** Ends the background work, and then the connections to the files. Call it once. */
  close(): Promise<void>
}

const sweepMilliseconds = 60_000

/** The cache of the records, in KiB. */
const recordsCacheKib = 32 * 1024

/**
 * Opens the data folder and applies missing migrations.
 *
 * @throws {DataFolderError} If the folder cannot be used.
 * @throws {NewerDatabaseError} If a newer version has used it.
 */
export async function createNodeHost(options: NodeHostOptions): Promise<NodeHost> {
  const held = holdDataFolder(options.folder)
  const opened: DatabaseSync[] = []
  const open = (name: string): DatabaseSync => {
    const cacheKib = name === 'data.db' ? recordsCacheKib : undefined
    const database = openSqlite(join(options.folder, name), { ...options, cacheKib })
    opened.push(database)
    return database
  }
  const closeAll = (): void => {
    for (const database of opened) database.close()
    held.release()
  }
  try {
    return await openHost(options, open, closeAll)
  } catch (error) {
    closeAll()
    throw toFolderError(options.folder, error)
  }
}

async function openHost(
  { folder, migrations, keys: given = {}, passwordCost, mailer }: NodeHostOptions,
  open: (name: string) => DatabaseSync,
  closeAll: () => void,
): Promise<NodeHost> {
  provideMd5()
  const { keys, madeFile } = completeSettingsKeys(folder, given)
  const [DB, LOGS] = ['data.db', 'logs.db'].map((name) => {
    const database = open(name)
    migrate(database, migrations)
    return new NodeDatabase(database)
  }) as [NodeDatabase, NodeDatabase]
  const kv = open('kv.db')
  const SESSIONS = createKeyValueStore(kv)
  const FILES = await openDiskBucket(join(folder, 'storage'))
  const realtime = createRealtimeShards(DB)
  const backups = createBackupRunner({
    db: DB,
    bucket: FILES,
    storage: createStepStorage(kv),
    keys,
  })
  const background = createBackground()

  async function sweep(): Promise<void> {
    SESSIONS.sweep()
    await FILES.sweep()
  }
  const timer = setInterval(() => background.waitUntil(sweep()), sweepMilliseconds)
  timer.unref()
  await backups.resume()

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
    async close() {
      clearInterval(timer)
      realtime.close()
      await Promise.all([backups.close(), background.settled()])
      await FILES.close()
      closeAll()
    },
  }
}
