/* Expired codes and challenges. They are invalid even before they are removed. */
import { type SQL, sql } from 'drizzle-orm'
import { collectionsTable, otpRequestsTable } from '#database/schema.ts'

/** The statement that removes expired challenges. */
export function removeExpiredChallenges(now: Date): SQL {
  return sql`DELETE FROM "_mfas" WHERE "created" < ${oldest('$.mfa.duration', now)}`
}

/** The statement that removes one-time codes that have expired. */
export function removeExpiredCodes(now: Date): SQL {
  return sql`DELETE FROM "_otps" WHERE "created" < ${oldest('$.otp.duration', now)}`
}

/** The statement that removes expired requests for codes. */
export function removeExpiredCodeRequests(now: Date): SQL {
  return sql`DELETE FROM ${otpRequestsTable} WHERE "expires" <= ${now.getTime()}`
}

/** The earliest creation time of what is still valid, by the duration in its collection. */
function oldest(duration: string, now: Date): SQL {
  const seconds = sql`${now.getTime() / 1000} - ("options" ->> ${duration})`
  return sql`(SELECT strftime('%Y-%m-%d %H:%M:%fZ', ${seconds}, 'unixepoch')
    FROM ${collectionsTable} WHERE ${collectionsTable}."id" = "collectionRef")`
}
