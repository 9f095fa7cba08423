import { abortAllDurableObjects, type D1Migration } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { createArgon2Hasher } from '#adapters/cloudflare/argon2-hasher.ts'
import { type BackupObject, createBackupRunner } from '#adapters/cloudflare/backup-object.ts'
import { createBoundImages } from '#adapters/cloudflare/bound-images.ts'
import { createMailTransports } from '#adapters/cloudflare/mail-transports.ts'
import { createRealtimeShards, type RealtimeShard } from '#adapters/cloudflare/realtime-shard.ts'
import { resetDeployment } from '#adapters/cloudflare/test-deployment.ts'
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
  reset: async () => await resetDeployment(bindings),
  hasDepthLimit: true,
  createHasher: createArgon2Hasher,
  realtime: createRealtimeShards(bindings.REALTIME),
  abortRealtime: abortAllDurableObjects,
  backups: createBackupRunner(bindings.BACKUPS),
  images: createBoundImages(bindings.IMAGES),
  imageFormats: ['jpeg', 'png'],
  mail: createMailTransports(undefined),
}
