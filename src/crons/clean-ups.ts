import { type SQL, sql } from 'drizzle-orm'
import {
  removeExpiredChallenges,
  removeExpiredCodeRequests,
  removeExpiredCodes,
} from '#auth/expired-steps.ts'
import { removeExpiredAttempts } from '#database/attempts.ts'
import { runBatch } from '#database/batch.ts'
import { removeDryBuckets, removeUnfamiliarPlaces } from '#database/failures.ts'
import { removeExpiredInterests, removeExpiredShards } from '#database/realtime-interests.ts'
import { removeExpiredOverrides } from '#database/session-overrides.ts'
import type { Job } from './job.ts'

/**
 * The job that forgets what counted: attempts, failures, revocations. It runs every minute, as
 * clients decide how many of these there are, and a run removes so many at most.
 */
export const countersCleanUp: Job = cleanUp('__areteCountersCleanup__', '* * * * *', [
  removeExpiredAttempts,
  removeDryBuckets,
  removeUnfamiliarPlaces,
  removeExpiredOverrides,
  removeExpiredInterests,
  removeExpiredShards,
])

/** The jobs that remove what is over, each from tables that would grow otherwise. Database: 1 batch each. */
export const cleanUps: readonly Job[] = [
  cleanUp('__pbDBOptimize__', '0 0 * * *', [() => sql`PRAGMA optimize`]),
  cleanUp('__pbMFACleanup__', '0 * * * *', [removeExpiredChallenges]),
  cleanUp('__pbOTPCleanup__', '0 * * * *', [removeExpiredCodes, removeExpiredCodeRequests]),
]

function cleanUp(id: string, expression: string, statements: readonly ((now: Date) => SQL)[]): Job {
  return {
    id,
    expression,
    run: ({ DB }, now) =>
      runBatch(
        DB,
        statements.map((statement) => statement(now)),
      ),
  }
}
