import { type SQL, sql } from 'drizzle-orm'

/**
 * The statement that raises the catalog's revision; part of every batch that changes a definition
 * or setting.
 */
export const raiseRevision: SQL = sql`UPDATE "_catalog_revision" SET "revision" = "revision" + 1`
