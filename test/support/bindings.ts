import { type D1Migration, reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { BackupObject } from '#adapters/cloudflare/backup-object.ts'
import type { RealtimeShard } from '#adapters/cloudflare/realtime-shard.ts'
import type { Bindings } from '#http/app-env.ts'

interface TestBindings extends Bindings {
  readonly DB: D1Database
  readonly SESSIONS: KVNamespace
  readonly FILES: R2Bucket
  /** For tests with a separate database for logs. */
  readonly LOGS_OF_A_TEST: D1Database
  readonly REALTIME: DurableObjectNamespace<RealtimeShard>
  readonly BACKUPS: DurableObjectNamespace<BackupObject>
  readonly MIGRATIONS: D1Migration[]
}

/** The bindings of the Worker under test: the real D1, KV and R2 of the local runtime. */
export const bindings = env as unknown as TestBindings

/**
 * Empties every binding and applies the migrations like a new deployment, but in one batch, because
 * it runs before every test.
 */
export async function resetBindings(): Promise<void> {
  // Objects that are idle for ten seconds leave memory, and the runtime empties only those in
  // memory.
  await Promise.all([
    bindings.DB.prepare('SELECT 1').run(),
    bindings.SESSIONS.list({ limit: 1 }),
    bindings.FILES.list({ limit: 1 }),
  ])
  await reset()
  await bindings.DB.batch(
    bindings.MIGRATIONS.flatMap(({ queries }) => queries).map((query) =>
      bindings.DB.prepare(query),
    ),
  )
}
