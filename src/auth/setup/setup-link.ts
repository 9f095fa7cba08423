/*
 * The SQL of the link with which the first superuser is made (`new-setup-link.ts`).
 */
import { type SQL, sql } from 'drizzle-orm'
import { paramsTable } from '#database/schema.ts'
import { hexDigest } from '#kernel/bytes.ts'
import { unixSeconds } from '#kernel/dates.ts'
import { setupParameter } from './new-setup-link.ts'

/** The statement that ends the link. */
export const removeSetupLink: SQL = sql`DELETE FROM ${paramsTable} WHERE "id" = ${setupParameter}`

/** True if the token is the current link's. Compares digests, so its timing says nothing of use. */
export async function isSetupToken(token: string, now: Date): Promise<SQL> {
  const digest = await hexDigest('SHA-256', token)
  return sql`EXISTS (SELECT 1 FROM ${paramsTable} WHERE "id" = ${setupParameter}
    AND "value" ->> 'sha256' = ${digest} AND "value" ->> 'expires' > ${unixSeconds(now)})`
}

/** True once there is a superuser. */
export const isSetUp: SQL = sql`EXISTS (SELECT 1 FROM "_superusers")`
