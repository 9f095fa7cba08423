import { type SQL, sql } from 'drizzle-orm'
import { catalogRevisionTable } from './schema.ts'

/**
 * The statement that raises the catalog's revision; part of every batch that changes a definition
 * or setting.
 */
export const raiseRevision: SQL = sql`UPDATE ${catalogRevisionTable} SET "revision" = "revision" + 1`
