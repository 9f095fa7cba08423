import { type SQL, sql } from 'drizzle-orm'
import { paramsTable } from '#database/schema.ts'
import { formatDate } from '#kernel/dates.ts'
import type { Settings } from './settings.ts'

/** The statement that stores all settings. Their secrets must be sealed. */
export function storeSettings(settings: Settings, now: Date): SQL {
  const moment = formatDate(now)
  return sql`INSERT INTO ${paramsTable} ("id", "value", "created", "updated")
    VALUES ('settings', ${JSON.stringify(settings)}, ${moment}, ${moment})
    ON CONFLICT ("id") DO UPDATE SET "value" = excluded."value", "updated" = excluded."updated"`
}
