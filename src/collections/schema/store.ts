import { type SQL, sql } from 'drizzle-orm'
import { sweepAll } from '#database/file-sweeps.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { encodeStored } from '#catalog/stored-definition.ts'
import { accountTables } from '#catalog/system-collections.ts'
import { collectionsTable } from '#database/schema.ts'

/** Stores a definition and replaces the one with its id, if there is one. */
export function storeDefinition(definition: CollectionDefinition): SQL {
  const entries = Object.entries(encodeStored(definition))
  const names = entries.map(([name]) => sql.identifier(name))
  const values = entries.map(([, value]) => sql`${value}`)
  const changes = names.map((name) => sql`${name} = excluded.${name}`)
  return sql`INSERT INTO ${collectionsTable} (${sql.join(names, sql`, `)})
    VALUES (${sql.join(values, sql`, `)})
    ON CONFLICT ("id") DO UPDATE SET ${sql.join(changes, sql`, `)}`
}

/** Deletes a definition and schedules the removal of its records' files. */
export function forgetDefinition({ id, type }: CollectionDefinition, now: Date): SQL[] {
  const files = type === 'view' ? [] : [sweepAll(sql`SELECT ${`${id}/`} AS "prefix"`, now)]
  return [sql`DELETE FROM ${collectionsTable} WHERE "id" = ${id}`, ...files]
}

/** Deletes data of an auth collection's accounts in other tables. */
export function deleteAccountRecords({ id }: CollectionDefinition): SQL[] {
  return accountTables.map(
    (table) => sql`DELETE FROM ${sql.identifier(table)} WHERE "collectionRef" = ${id}`,
  )
}
