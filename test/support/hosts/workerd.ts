import { abortAllDurableObjects, type D1Migration, reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { createArgon2Hasher } from '#adapters/cloudflare/argon2-hasher.ts'
import { type BackupObject, createBackupRunner } from '#adapters/cloudflare/backup-object.ts'
import { createBoundImages } from '#adapters/cloudflare/bound-images.ts'
import { createMailTransports } from '#adapters/cloudflare/mail-transports.ts'
import { createRealtimeShards, type RealtimeShard } from '#adapters/cloudflare/realtime-shard.ts'
import type { TestBindings, TestHost } from './test-host.ts'

interface RuntimeBindings extends TestBindings {
  readonly REALTIME: DurableObjectNamespace<RealtimeShard>
  readonly BACKUPS: DurableObjectNamespace<BackupObject>
  readonly IMAGES: ImagesBinding
  readonly MIGRATIONS: D1Migration[]
}

const bindings = env as unknown as RuntimeBindings
const { MIGRATIONS: migrations } = bindings

/** Cloudflare: the real D1, KV, R2, Images and Durable Objects of the local runtime. */
export const host: TestHost = {
  bindings,
  migrations,
  async reset() {
    // Objects that are idle for ten seconds leave memory, and the runtime empties only those in
    // memory.
    await Promise.all([
      bindings.DB.prepare('SELECT 1').run(),
      bindings.SESSIONS.list({ limit: 1 }),
      bindings.FILES.list({ limit: 1 }),
    ])
    await reset()
    // One batch, because it runs before every test.
    const queries = migrations.flatMap((migration) => migration.queries)
    await bindings.DB.batch(queries.map((query) => bindings.DB.prepare(query)))
  },
  hasDepthLimit: true,
  createHasher: createArgon2Hasher,
  realtime: createRealtimeShards(bindings.REALTIME),
  abortRealtime: abortAllDurableObjects,
  backups: createBackupRunner(bindings.BACKUPS),
  images: createBoundImages(bindings.IMAGES),
  imageFormats: ['jpeg', 'png'],
  mail: createMailTransports(undefined),
}
