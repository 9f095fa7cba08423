/*
 * Steps of a sign-in that nobody can take any more: codes and challenges older than their collection
 * lets them get. They are good for nothing before they are removed.
 */
import { type SQL, sql } from 'drizzle-orm'

/** The statement that removes challenges that wait for a second factor in vain. */
export function removeExpiredChallenges(now: Date): SQL {
  return sql`DELETE FROM "_mfas" WHERE "created" < ${oldest('$.mfa.duration', now)}`
}

/** The statement that removes one-time codes that have expired. */
export function removeExpiredCodes(now: Date): SQL {
  return sql`DELETE FROM "_otps" WHERE "created" < ${oldest('$.otp.duration', now)}`
}

/** The statement that forgets requests for codes that have expired. */
export function removeExpiredCodeRequests(now: Date): SQL {
  return sql`DELETE FROM "_otp_requests" WHERE "expires" <= ${now.getTime()}`
}

/** The earliest moment of creation of what still holds, by the duration its collection sets. */
function oldest(duration: string, now: Date): SQL {
  const seconds = sql`${now.getTime() / 1000} - ("options" ->> ${duration})`
  return sql`(SELECT strftime('%Y-%m-%d %H:%M:%fZ', ${seconds}, 'unixepoch')
    FROM "_collections" WHERE "_collections"."id" = "collectionRef")`
}
