import { type D1Migration, reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { RealtimeShard } from './realtime-shard.ts'

/** The bindings of a Worker under test: a deployment's, and the migrations, from its test configuration. */
export interface TestDeployment {
  readonly DB: D1Database
  readonly SESSIONS: KVNamespace
  readonly FILES: R2Bucket
  readonly MIGRATIONS: D1Migration[]
}

/**
 * The bindings of the Worker under test.
 *
 * @throws {Error} If its configuration has no migrations.
 */
export function testDeployment(): TestDeployment {
  if ('MIGRATIONS' in env) return env as unknown as TestDeployment
  throw new Error('Set the binding MIGRATIONS in vitest.config.ts, as the template does.')
}

/** Empties every binding and makes the tables, as in a new deployment. */
export async function resetDeployment({
  DB,
  SESSIONS,
  FILES,
  MIGRATIONS,
}: TestDeployment): Promise<void> {
  // Objects that are idle for ten seconds leave memory, and the runtime empties only those in
  // memory.
  await Promise.all([
    DB.prepare('SELECT 1').run(),
    SESSIONS.list({ limit: 1 }),
    FILES.list({ limit: 1 }),
  ])
  await reset()
  // The objects of the next application are in the same isolate.
  RealtimeShard.enrichOf = undefined
  // One batch, because it runs before every test.
  const queries = MIGRATIONS.flatMap((migration) => migration.queries)
  await DB.batch(queries.map((query) => DB.prepare(query)))
}
