import type { SQL } from 'drizzle-orm'
import {
  removeExpiredChallenges,
  removeExpiredCodeRequests,
  removeExpiredCodes,
} from '#auth/expired-steps.ts'
import { removeExpiredAttempts } from '#database/attempts.ts'
import { removeDryBuckets, removeUnfamiliarPlaces } from '#database/failures.ts'
import { removeExpiredOverrides } from '#database/session-overrides.ts'

/**
 * The statements that remove what is over, each from a table that would grow otherwise. They run
 * every minute, as one batch.
 */
export const cleanUps: readonly ((now: Date) => SQL)[] = [
  removeExpiredAttempts,
  removeDryBuckets,
  removeUnfamiliarPlaces,
  removeExpiredOverrides,
  removeExpiredChallenges,
  removeExpiredCodes,
  removeExpiredCodeRequests,
]
