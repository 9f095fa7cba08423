import { type SQL, sql } from 'drizzle-orm'
import type { Row } from '#database/batch.ts'
import { readNumber } from '#database/read-number.ts'
import { all, map, one, type Plan } from '#database/query.ts'
import { schemaChangesTable, schemaHistoryTable } from '#database/schema.ts'
import { type Paging, rowsBefore } from '#http/query.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'

/** Plans a page of the history, the newest first; with a digest, the entry of that plan. */
export function planHistory(paging: Paging & { readonly digest: string }): Plan<unknown> {
  const { page, perPage, skipTotal, digest } = paging
  const where: SQL = digest === '' ? sql`` : sql` WHERE "digest" = ${digest}`
  const found = all({
    items: one(
      sql`SELECT * FROM ${schemaHistoryTable}${where} ORDER BY "id" DESC
        LIMIT ${perPage} OFFSET ${rowsBefore(paging)}`,
      (rows) => rows.map(entryJson),
    ),
    total: one(sql`SELECT count(*) AS "total" FROM ${schemaHistoryTable}${where}`, ([row]) =>
      readNumber(row, 'total'),
    ),
  })
  return map(found, ({ items, total }) => ({
    items,
    page,
    perPage,
    totalItems: skipTotal ? -1 : total,
    totalPages: skipTotal ? -1 : Math.ceil(total / perPage),
  }))
}

/**
 * Plans one entry with the definitions before and after it.
 *
 * @throws {ApiError} `notFound`
 */
export function planEntry(id: string): Plan<unknown> {
  const found = all({
    entry: one(sql`SELECT * FROM ${schemaHistoryTable} WHERE "id" = ${id}`, ([row]) => row),
    definitions: one(
      sql`SELECT * FROM ${schemaChangesTable} WHERE "entry" = ${id} ORDER BY "_rowid_"`,
      (rows) =>
        rows.map((row) => ({
          id: row['collectionRef'],
          before: definitionOf(row['before']),
          after: definitionOf(row['after']),
        })),
    ),
  })
  return map(found, ({ entry, definitions }) => {
    if (entry === undefined) throw new ApiError(commonErrors.notFound)
    return { ...entryJson(entry), definitions }
  })
}

function entryJson(row: Row): Readonly<Record<string, unknown>> {
  const { id, at, source, actor, revision, digest, changes, bookmark } = row
  return {
    id,
    at,
    source,
    actor: typeof actor === 'string' ? JSON.parse(actor) : null,
    revision,
    digest,
    changes: JSON.parse(String(changes)),
    bookmark,
  }
}

function definitionOf(text: unknown): unknown {
  return typeof text === 'string' ? JSON.parse(text) : null
}
