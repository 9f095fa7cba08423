/*
 * Removes the objects that no record names. The table `_file_sweeps` lists where to look, the
 * bucket lists the objects, and the database, which is queried last, decides whether they are
 * named. So an object that is stored after the listing is safe, and one that was stored before is
 * by then named, reserved, or an orphan.
 */
import { sql } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import type { Transactor } from '#catalog/transact.ts'
import { after, all, list, map, one, type Plan, type Query } from '#database/query.ts'
import { runBatch, type Row } from '#database/batch.ts'
import {
  announcedUnder,
  type DueSweep,
  dueSweeps,
  deleteSwept,
  expireReservations,
  resumeSweeps,
} from '#database/file-sweeps.ts'
import { toTextList } from '#go-compat/casts.ts'
import type { Bucket, Database } from '#platform/bindings.ts'
import { fileKey, type KeyOwner, ownerOf, spoolPrefix, thumbPrefix } from './object-key.ts'

/** Dependencies of a sweep. */
export interface SweepPorts {
  readonly bucket: Bucket
  readonly db: Database
  /** Plans under the current definitions, without a caller. */
  readonly transactor: Transactor
}

/**
 * Limits of one run: prefixes, and pages of a thousand objects. The rest is left to the next run.
 */
const maxPlaces = 50
const maxPages = 50

/**
 * Sweeps the due prefixes. Several runs may do so at once, since removing an object twice is no
 * error. A prefix that fails does not stop the others. One that is too large for a run is continued
 * in a later one.
 *
 * Database: 1 batch, 1 per page of objects found, and 1 to delete the finished prefixes.
 *
 * @throws {AggregateError} At the end, if a prefix failed.
 */
export async function sweepFiles(ports: SweepPorts, now: Date = new Date()): Promise<void> {
  const [rows = []] = await runBatch(ports.db, [dueSweeps(now, maxPlaces)])
  const budget = { pages: maxPages }
  const done: DueSweep[] = []
  const unfinished: DueSweep[] = []
  const failures: unknown[] = []
  for (const row of rows) {
    const sweep = dueSweep(row)
    try {
      const reached = await sweepPlace(ports, sweep, now, budget)
      if (reached === undefined) done.push(sweep)
      else unfinished.push({ ...sweep, reached })
    } catch (error) {
      failures.push(error)
    }
    if (budget.pages <= 0) break
  }
  const looked = [
    ...(done.length > 0 ? [deleteSwept(done, now)] : []),
    ...(unfinished.length > 0 ? [resumeSweeps(unfinished, now)] : []),
  ]
  if (looked.length > 0) await runBatch(ports.db, looked)
  if (failures.length > 0) throw new AggregateError(failures, 'Some prefixes could not be swept.')
}

function dueSweep(row: Row): DueSweep {
  return { id: String(row['id']), prefix: String(row['prefix']), reached: String(row['reached']) }
}

/** Sweeps a prefix. Returns the last key that was checked if the budget ends first. */
async function sweepPlace(
  ports: SweepPorts,
  { prefix: place, reached }: DueSweep,
  now: Date,
  budget: { pages: number },
): Promise<string | undefined> {
  const isOneFile = !place.endsWith('/') && ownerOf(place) !== undefined
  for (const prefix of isOneFile ? [place, thumbPrefix(place)] : [place]) {
    let startAfter: string | undefined = reached
    do {
      if (budget.pages-- <= 0) return startAfter
      const page = await ports.bucket.list({ prefix, ...(startAfter !== '' && { startAfter }) })
      const keys = page.objects.map(({ key }) => key)
      if (keys.length > 0) await removeUnnamed(ports, prefix, keys, now)
      startAfter = page.truncated ? keys.at(-1) : undefined
    } while (startAfter !== undefined)
  }
  return undefined
}

async function removeUnnamed(
  { bucket, transactor }: SweepPorts,
  prefix: string,
  keys: readonly string[],
  now: Date,
): Promise<void> {
  const owners = keys.map((key) => ({ key, owner: ownerOf(key) }))
  const isKept = await transactor.write(({ catalog }) => {
    const byCollection = Map.groupBy(
      owners.flatMap(({ owner }) => owner ?? []),
      ({ collectionId }) => collectionId,
    )
    const asked = [...byCollection].flatMap(([id, files]) => {
      const collection = catalog.collections.find(id)
      return collection === undefined || collection.id !== id ? [] : [{ collection, files }]
    })
    return planQuestion(prefix, asked, now)
  })
  const unnamed = owners.filter(({ key, owner }) => !isKept(key, owner)).map(({ key }) => key)
  if (unnamed.length > 0) await bucket.delete(unnamed)
}

type IsKept = (key: string, owner: KeyOwner | undefined) => boolean

interface Asked {
  readonly collection: Collection
  readonly files: readonly KeyOwner[]
}

function planQuestion(prefix: string, asked: readonly Asked[], now: Date): Plan<IsKept> {
  const found = all({
    pending: one(announcedUnder(prefix, now), (rows) => rows.map((row) => String(row['prefix']))),
    names: list(asked.map(selectNames)),
  })
  const isKept = map(found, ({ pending, names }): IsKept => {
    const named = new Set(names.flat())
    return (key, owner) => {
      // Backups are in the same bucket.
      if (key.startsWith('@') && !key.startsWith(spoolPrefix)) return true
      const original = owner && fileKey(owner.collectionId, owner.recordId, owner.name)
      if (original !== undefined && named.has(original)) return true
      // A thumbnail without its original is an orphan, however new it is.
      const isThumb = original !== undefined && original !== key
      return !isThumb && pending.some((awaited) => isAnnounced(key, awaited))
    }
  })
  return after([expireReservations(prefix, now)], isKept)
}

/** A reservation is for one object, or for all objects of a folder. */
function isAnnounced(key: string, prefix: string): boolean {
  return prefix.endsWith('/') ? key.startsWith(prefix) : key === prefix
}

function selectNames({ collection, files }: Asked): Query<string[]> {
  const columns = collection.fields
    .filter(({ isFile }) => isFile)
    .map(({ name }, at) => sql`${sql.identifier(name)} AS ${sql.identifier(`f${at}`)}`)
  const ids = JSON.stringify([...new Set(files.map(({ recordId }) => recordId))])
  const statement = sql`SELECT ${sql.join([sql`"id"`, ...columns], sql`, `)}
    FROM ${sql.identifier(collection.name)} WHERE "id" IN (SELECT value FROM json_each(${ids}))`
  return one(statement, (rows) => namesIn(collection, rows))
}

function namesIn({ id }: Collection, rows: readonly Row[]): string[] {
  return rows.flatMap((row) => {
    const { id: recordId, ...columns } = row
    const names = Object.values(columns).flatMap(toTextList)
    return names.map((name) => fileKey(id, String(recordId), name))
  })
}
