import type { Bindings } from '#http/app-env.ts'
import type { BackupRunner } from '#platform/backups.ts'
import type { ImageResizer } from '#platform/images.ts'
import type { MailTransports } from '#platform/mailer.ts'
import type { PasswordHasher } from '#platform/password-hasher.ts'
import type { RealtimeShards } from '#platform/realtime.ts'

/** The bindings as tests use them, with more methods than the app needs. */
export interface TestBindings extends Bindings {
  readonly DB: D1Database
  readonly SESSIONS: KVNamespace
  readonly FILES: R2Bucket
  /** For tests with a separate database for logs. It is empty, without tables. */
  readonly LOGS_OF_A_TEST: D1Database
}

/** Seals the secrets of all tests. */
export const settingsKey = 'the key of all tests, known to all'

/** A migration, and its statements. */
export interface Migration {
  readonly name: string
  readonly queries: readonly string[]
}

/**
 * The host that the tests run on. `#test-host` is the module of the one that the project of a test
 * file names in `vitest.config.ts`.
 */
export interface TestHost {
  readonly bindings: TestBindings
  /** The migrations that make the tables of a new deployment, in order. */
  readonly migrations: readonly Migration[]
  /** Empties every binding and makes the tables. */
  reset(): Promise<void>
  /** False if the depth of expressions is not limited as on D1. */
  readonly hasDepthLimit: boolean
  createHasher(options?: { cost?: 'owasp' | 'test' }): PasswordHasher
  readonly realtime: RealtimeShards
  /** Ends all shards without notice, as a crash does. The next call starts new ones. */
  abortRealtime(): Promise<void>
  readonly backups: BackupRunner
  readonly images: ImageResizer
  /** The formats it can write here. Cloudflare's local runtime writes no GIF. */
  readonly imageFormats: readonly ('jpeg' | 'png' | 'gif')[]
  readonly mail: MailTransports
}
