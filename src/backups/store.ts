import { type SQL, sql } from 'drizzle-orm'

/** The row of `_params` that is there while a backup is written or restored. */
export const activityParameter = 'backup'

/** Asks whether a backup is being written or restored: a row if so. */
export const selectActivity: SQL = sql`SELECT 1 FROM "_params" WHERE "id" = ${activityParameter}`
