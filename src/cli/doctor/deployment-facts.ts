import * as z from 'zod'
import { superusersId } from '#catalog/system-collections.ts'

/** Reads the rows of a query. The query holds no secret, and changes nothing. */
export type ReadRows = (query: string) => Promise<readonly Readonly<Record<string, unknown>>[]>

/** Facts about the database of a deployment. */
export interface DeploymentFacts {
  /** The names of the applied migrations. */
  readonly applied: readonly string[]
  /** Undefined if a migration is missing, since the tables may be, too. */
  readonly state: DeploymentState | undefined
}

/** The content that a check is about. */
export interface DeploymentState {
  readonly superusers: number
  /** The addresses of superusers who sign in with a password alone. */
  readonly unprotected: readonly string[]
  /** The stored settings as JSON, without secrets; null if they were never changed. */
  readonly settings: string | null
  /** The last minute of any scheduled job, in Unix seconds. */
  readonly lastRun: number | null
  /** The clock of the database, in Unix seconds. */
  readonly now: number
}

/** Lists a table first, because a new database has none. */
const tables = `SELECT "name" FROM "sqlite_master" WHERE "name" = 'd1_migrations'`

const stateQuery = `SELECT
  (SELECT count(*) FROM "_superusers") AS "superusers",
  (SELECT json_group_array("email") FROM "_superusers" s WHERE NOT EXISTS (
    SELECT 1 FROM "_totps" t WHERE t."collectionRef" = '${superusersId}' AND t."recordRef" = s."id" AND t."confirmed"
  ) AND NOT EXISTS (
    SELECT 1 FROM "_collections" c WHERE c."id" = '${superusersId}' AND json_extract(c."options", '$.mfa.enabled')
  )) AS "unprotected",
  (SELECT json_remove("value", '$.smtp.password', '$.s3.secret', '$.backups.s3.secret')
    FROM "_params" WHERE "id" = 'settings') AS "settings",
  (SELECT max("last_run") FROM "_crons") AS "lastRun",
  CAST(strftime('%s', 'now') AS INTEGER) AS "now"`

const stateRow = z.object({
  superusers: z.number(),
  unprotected: z.string(),
  settings: z.string().nullable(),
  lastRun: z.number().nullable(),
  now: z.number(),
})

/**
 * Reads the facts.
 *
 * Database: 3 queries.
 *
 * @param known the migrations of this version
 */
export async function readFacts(
  rows: ReadRows,
  known: readonly string[],
): Promise<DeploymentFacts> {
  if ((await rows(tables)).length === 0) return { applied: [], state: undefined }
  const applied = (await rows('SELECT "name" FROM "d1_migrations" ORDER BY "id"')).map(({ name }) =>
    String(name),
  )
  if (!known.every((name) => applied.includes(name))) return { applied, state: undefined }
  const [row] = await rows(stateQuery)
  const { unprotected, ...state } = stateRow.parse(row)
  return {
    applied,
    state: { ...state, unprotected: z.array(z.string()).parse(JSON.parse(unprotected)) },
  }
}
