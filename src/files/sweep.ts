/*
 * Removes the objects that no record names. Where to look says the table `_file_sweeps`; what is there
 * says the bucket; and whether it may go says the database, which is asked last. So an object that is
 * stored after the look is safe, and one that was stored before it is named by then, announced, or
 * nobody's.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { Collection } from '#catalog/collection.ts'
import type { Plan, Transactor } from '#catalog/transact.ts'
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

/** What a sweep works with. */
export interface SweepPorts {
  readonly bucket: Bucket
  readonly db: Database
  /** Asks under the current definitions, as nobody in particular. */
  readonly transactor: Transactor
}

/** A run looks at so many places, and at so many pages of a thousand objects, and leaves the rest to the next. */
const maxPlaces = 50
const maxPages = 50

/**
 * Looks at the places that are due. Several runs may do so at once: what one has removed is no error
 * to another. A place that fails does not keep the others from being looked at, nor does one that is
 * too large for a run, which a later run goes on with.
 *
 * Database: 1 batch, 1 for each page of objects found, and 1 to forget the places.
 *
 * @throws {AggregateError} Once all are done, if one failed.
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
  if (failures.length > 0) throw new AggregateError(failures, 'Places could not be swept.')
}

function dueSweep(row: Row): DueSweep {
  return { id: String(row['id']), prefix: String(row['prefix']), reached: String(row['reached']) }
}

/** The last key that was looked at, when the budget ends before the place. */
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
  return {
    statements: [
      expireReservations(prefix, now),
      announcedUnder(prefix, now),
      ...asked.map(selectNames),
    ],
    answer: ([, announced = [], ...records]) => {
      const pending = announced.map((row) => String(row['prefix']))
      const named = new Set(asked.flatMap(({ collection }, at) => namesIn(collection, records[at])))
      return (key, owner) => {
        // Backups lie beside the collections.
        if (key.startsWith('@') && !key.startsWith(spoolPrefix)) return true
        const original = owner && fileKey(owner.collectionId, owner.recordId, owner.name)
        if (original !== undefined && named.has(original)) return true
        // A thumbnail is nobody's without its original, however new it is.
        const isThumb = original !== undefined && original !== key
        return !isThumb && pending.some((awaited) => isAnnounced(key, awaited))
      }
    },
  }
}

/** What is announced is one object, or all of a folder. */
function isAnnounced(key: string, prefix: string): boolean {
  return prefix.endsWith('/') ? key.startsWith(prefix) : key === prefix
}

function selectNames({ collection, files }: Asked): SQL {
  const columns = collection.fields
    .filter(({ isFile }) => isFile)
    .map(({ name }, at) => sql`${sql.identifier(name)} AS ${sql.identifier(`f${at}`)}`)
  const ids = JSON.stringify([...new Set(files.map(({ recordId }) => recordId))])
  return sql`SELECT ${sql.join([sql`"id"`, ...columns], sql`, `)}
    FROM ${sql.identifier(collection.name)} WHERE "id" IN (SELECT value FROM json_each(${ids}))`
}

function namesIn({ id }: Collection, rows: readonly Row[] = []): string[] {
  return rows.flatMap((row) => {
    const { id: recordId, ...columns } = row
    const names = Object.values(columns).flatMap(toTextList)
    return names.map((name) => fileKey(id, String(recordId), name))
  })
}
