import { type SQL, sql } from 'drizzle-orm'
import { catalogRevision } from './schema.ts'

/**
 * The statement that raises the catalog's revision; part of every batch that changes a definition
 * or setting.
 */
export const raiseRevision: SQL = sql`UPDATE ${catalogRevision} SET "revision" = "revision" + 1`
