import { type SQL, sql } from 'drizzle-orm'
import {
  removeExpiredChallenges,
  removeExpiredCodeRequests,
  removeExpiredCodes,
} from '#auth/sign-in/expired-steps.ts'
import { dropAbandonedStaging } from '#transfer/staging.ts'
import { removeExpiredAttempts } from '#limits/attempts.ts'
import { runBatch } from '#database/batch.ts'
import { deleteEmptyBuckets, removeUnfamiliarPlaces } from '#limits/failures.ts'
import { removeExpiredTopics, removeExpiredShards } from '#database/realtime-subscriptions.ts'
import { removeExpiredOverrides } from '#database/session-overrides.ts'
import type { Job } from './job.ts'

/**
 * The job that deletes expired counters: attempts, failures, revocations. It runs every minute,
 * because clients decide how many of these there are and a run deletes a limited number.
 */
export const countersCleanUp: Job = cleanUp('__areteCountersCleanup__', '* * * * *', [
  removeExpiredAttempts,
  deleteEmptyBuckets,
  removeUnfamiliarPlaces,
  removeExpiredOverrides,
  removeExpiredTopics,
  removeExpiredShards,
])

/** The jobs that remove what is over, each from tables that would grow otherwise. Database: 1 batch each, the first 2 or 3. */
export const cleanUps: readonly Job[] = [
  {
    id: '__pbDBOptimize__',
    expression: '0 0 * * *',
    async run({ DB }, now) {
      await dropAbandonedStaging(DB, now)
      await runBatch(DB, [sql`PRAGMA optimize`])
    },
  },
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
