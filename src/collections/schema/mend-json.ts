/*
 * Repairs `json` fields without a value. Their column is NULL, but earlier versions stored the text
 * `null`, which counts as a value for unique indexes, `IS NULL` and aggregates. A migration does
 * not know the tables of collections, so it only recorded which ones to repair. This job repairs
 * them in chunks.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Transactor } from '#catalog/transact.ts'
import { after, constant, one, type Plan } from '#database/query.ts'
import type { Collection } from '#catalog/collection.ts'
import { runBatch } from '#database/batch.ts'
import { integer } from '#database/integer.ts'
import { jsonMendsTable } from '#database/schema.ts'
import { unixSeconds } from '#kernel/dates.ts'
import type { Database } from '#platform/bindings.ts'

/** Rows per batch. */
const portionRows = 5000

/** Maximum batches of one run, since a Worker may only make a limited number of calls. */
const maxPortions = 40

/** A collection to repair. */
interface Mend {
  readonly collectionRef: string
  readonly due: number
}

/** Dependencies of {@link mendJson}. */
interface MendPorts {
  readonly db: Database
  readonly transactor: Transactor
}

/**
 * The job that replaces the text `null` in `json` columns with NULL. It continues where the last
 * run ended. A record whose change would violate a unique index stays unchanged.
 *
 * Database: 1 batch, and 1 more per 5,000 rows.
 */
export async function mendJson({ db, transactor }: MendPorts, now: Date): Promise<void> {
  const [due = []] = await runBatch(db, [dueMends(now)])
  let portions = 0
  for (const row of due) {
    const mend = { collectionRef: String(row['collectionRef']), due: Number(row['due']) }
    let isDone = false
    while (!isDone) {
      if (portions++ === maxPortions) return
      isDone = await transactor.write(({ catalog }) =>
        planPortion(mend, catalog.collections.find(mend.collectionRef)),
      )
    }
  }
}

function dueMends(now: Date): SQL {
  return sql`SELECT "collectionRef", "due" FROM ${jsonMendsTable} WHERE "due" <= ${unixSeconds(now)}
    ORDER BY "due", "collectionRef"`
}

/** Repairs the next rows of a collection. Returns true if there are no more. */
function planPortion(mend: Mend, collection: Collection | undefined): Plan<boolean> {
  const columns = (collection?.fields ?? [])
    .filter(({ jsonAccess }) => jsonAccess === 'document')
    .map(({ name }) => sql.identifier(name))
  const row = sql`${jsonMendsTable} WHERE "collectionRef" = ${mend.collectionRef} AND "due" = ${mend.due}`
  if (collection === undefined || columns.length === 0) {
    return after([sql`DELETE FROM ${row}`], constant(true))
  }

  const table = sql.identifier(collection.name)
  const reached = sql`coalesce((SELECT "reached" FROM ${row}), -9223372036854775808)`
  const end = sql`(SELECT max("_rowid_") FROM (SELECT "_rowid_" FROM ${table}
    WHERE "_rowid_" > ${reached} ORDER BY "_rowid_" LIMIT ${integer(portionRows)}))`
  const mended = columns.map((column) => sql`${column} = nullif(${column}, 'null')`)
  const isOld = columns.map((column) => sql`${column} = 'null'`)
  return after(
    [
      sql`UPDATE OR IGNORE ${table} SET ${sql.join(mended, sql`, `)}
        WHERE "_rowid_" > ${reached} AND "_rowid_" <= ${end} AND (${sql.join(isOld, sql` OR `)})`,
      sql`UPDATE ${jsonMendsTable} SET "reached" = ${end}
        WHERE "collectionRef" = ${mend.collectionRef} AND "due" = ${mend.due}`,
      sql`DELETE FROM ${row} AND NOT EXISTS (SELECT 1 FROM ${table} WHERE "_rowid_" > ${jsonMendsTable}."reached")`,
    ],
    one(sql`SELECT 1 FROM ${row}`, (left) => left.length === 0),
  )
}
