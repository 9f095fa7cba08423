import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import { createNodeHasher } from '#adapters/node/argon2-hasher.ts'
import { createBackupRunner } from '#adapters/node/backup-runner.ts'
import { type DiskBucket, openDiskBucket } from '#adapters/node/disk-bucket.ts'
import { createKeyValueStore } from '#adapters/node/key-value-store.ts'
import { createMailTransports } from '#adapters/node/mail-transports.ts'
import { migrate } from '#adapters/node/migrate.ts'
import { NodeDatabase } from '#adapters/node/node-database.ts'
import { hasDepthLimit, openSqlite } from '#adapters/node/open-sqlite.ts'
import { createRealtimeShards } from '#adapters/node/realtime-shards.ts'
import { findSharpImages } from '#adapters/node/sharp-images.ts'
import { createStepStorage } from '#adapters/node/step-storage.ts'
import { provideDigests } from '#adapters/node/web-crypto-digests.ts'
import { readMigrations } from '#cli/deployment/migrations.ts'
import type { RealtimeShard } from '#platform/realtime.ts'
import { settingsKey, type TestHost } from './test-host.ts'
import { widenBucket, widenDatabase, widenKeyValueStore } from './wide-bindings.ts'

/*
 * The adapters of a server of one's own, in this process. The databases are in memory, so that each
 * test begins with new ones; `test/node` has the tests of the folder on the disk.
 */

const keys = { SETTINGS_KEY: settingsKey }
const migrations = await readMigrations()

// D1's limits, so that nothing works here alone.
const openMemory = () => openSqlite(':memory:', { limits: 'd1' })
/**
 * Databases after all migrations, as bytes: to copy one is faster than to migrate. They have secrets
 * of their own, as deployments have, and take turns.
 */
const migrated = ['even', 'odd'].map(() => {
  const database = openMemory()
  migrate(database, migrations)
  return database.serialize()
})
let deployments = 0

/** Each worker of a run has its own. */
const storage = mkdtempSync(join(inject('storage'), 'storage-'))

/** The adapters of one deployment. */
interface Server {
  readonly database: NodeDatabase
  readonly store: ReturnType<typeof createKeyValueStore>
  readonly bucket: DiskBucket
  readonly runner: ReturnType<typeof createBackupRunner>
  shards: ReturnType<typeof createRealtimeShards>
  /** Opened by the first test that needs it. */
  logs: NodeDatabase | undefined
}

function start(bucket: DiskBucket): Server {
  const sqlite = openMemory()
  sqlite.deserialize(migrated[deployments++ % 2] ?? new Uint8Array())
  const database = new NodeDatabase(sqlite)
  const entries = openMemory()
  const steps = createStepStorage(entries)
  return {
    database,
    store: createKeyValueStore(entries),
    bucket,
    runner: createBackupRunner({ db: database, bucket, storage: steps, keys }),
    shards: createRealtimeShards(database),
    logs: undefined,
  }
}

provideDigests()
let isBucketUsed = false
let server = start(await openDiskBucket(storage))

/** An empty bucket. To open one takes longer than all the rest. */
async function emptyBucket(): Promise<DiskBucket> {
  if (!isBucketUsed) return server.bucket
  await server.bucket.close()
  rmSync(storage, { recursive: true })
  isBucketUsed = false
  return await openDiskBucket(storage)
}

function shard(number: number): RealtimeShard {
  const current = (): RealtimeShard => server.shards.shard(number)
  return {
    fetch: async (request) => await current().fetch(request),
    subscribe: async (command) => await current().subscribe(command),
    publish: async (publication) => await current().publish(publication),
    listeners: async (topics) => await current().listeners(topics),
    send: async (message) => await current().send(message),
  }
}

const images = findSharpImages()
if (images === undefined) throw new Error('The package sharp is missing.')

/** A server of one's own. */
export const host: TestHost = {
  bindings: {
    DB: widenDatabase(() => server.database),
    SESSIONS: widenKeyValueStore(() => server.store),
    FILES: widenBucket(() => {
      isBucketUsed = true
      return server.bucket
    }),
    LOGS_OF_A_TEST: widenDatabase(() => (server.logs ??= new NodeDatabase(openMemory()))),
    SETTINGS_KEY: settingsKey,
  },
  migrations: migrations.map(({ name, sql }) => ({
    name,
    queries: sql.split('--> statement-breakpoint'),
  })),
  async reset() {
    server.shards.close()
    await server.runner.close()
    server = start(await emptyBucket())
  },
  hasDepthLimit,
  createHasher: createNodeHasher,
  realtime: {
    count: server.shards.count,
    shard,
    enrichWith: (enrichOf) => server.shards.enrichWith(enrichOf),
  },
  async abortRealtime() {
    server.shards.close()
    server.shards = createRealtimeShards(server.database)
  },
  backups: {
    current: async () => await server.runner.current(),
    start: async (task, after) => await server.runner.start(task, after),
    wait: async () => await server.runner.wait(),
  },
  images,
  imageFormats: ['jpeg', 'png', 'gif'],
  mail: createMailTransports(),
}
