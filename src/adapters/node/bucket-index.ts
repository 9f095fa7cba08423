import type { DatabaseSync } from 'node:sqlite'
import type { ObjectMetadata } from '#platform/bindings.ts'
import { afterPrefix } from './after-prefix.ts'
import { transact } from './transact.ts'

/** An object, as the index knows it. */
export interface IndexedObject extends ObjectMetadata {
  readonly key: string
  /** The name of the file with its content. */
  readonly file: string
  readonly size: number
  readonly etag: string
  /** Milliseconds since 1970. */
  readonly uploaded: number
}

/** A part of an upload that is not complete yet. */
export interface IndexedPart {
  readonly file: string
  readonly size: number
  readonly etag: string
}

/** The objects to list. */
export interface IndexQuery {
  readonly prefix: string
  readonly after: string
  readonly limit: number
}

/**
 * The index of the bucket: which keys exist, and which file holds the content of each. A row is the
 * commit of an object, so a key never has content without metadata or the reverse.
 */
export interface BucketIndex {
  find(key: string): IndexedObject | undefined
  list(query: IndexQuery): IndexedObject[]
  /** Adds or replaces an object. */
  put(object: IndexedObject): void
  delete(keys: readonly string[]): void
  /** True if the content of an object or a part is in this file. */
  uses(file: string): boolean
  /** Files that nothing needs since before this time. */
  unneeded(before: number): string[]
  /** Forgets files that have been deleted. */
  forget(files: readonly string[]): void
  beginUpload(upload: string, key: string, metadata: ObjectMetadata, now: number): void
  upload(upload: string): { readonly key: string; readonly metadata: ObjectMetadata } | undefined
  putPart(upload: string, number: number, part: IndexedPart): void
  parts(upload: string): ReadonlyMap<number, IndexedPart>
  /** Ends an upload. Its parts are no longer needed. */
  endUpload(upload: string): void
  /** Uploads that began before this time. */
  abandonedUploads(before: number): string[]
}

const tables = `
CREATE TABLE IF NOT EXISTS "objects" (
  "key" TEXT PRIMARY KEY,
  "file" TEXT NOT NULL,
  "size" INTEGER NOT NULL,
  "etag" TEXT NOT NULL,
  "uploaded" INTEGER NOT NULL,
  "metadata" TEXT NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS "objects_file" ON "objects" ("file");
CREATE TABLE IF NOT EXISTS "uploads" (
  "id" TEXT PRIMARY KEY,
  "key" TEXT NOT NULL,
  "metadata" TEXT NOT NULL,
  "begun" INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "parts" (
  "upload" TEXT NOT NULL,
  "number" INTEGER NOT NULL,
  "file" TEXT NOT NULL,
  "size" INTEGER NOT NULL,
  "etag" TEXT NOT NULL,
  PRIMARY KEY ("upload", "number")
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS "parts_file" ON "parts" ("file");
CREATE TABLE IF NOT EXISTS "unneeded" (
  "file" TEXT PRIMARY KEY,
  "since" INTEGER NOT NULL
) WITHOUT ROWID;`

const objectColumns = '"key", "file", "size", "etag", "uploaded", "metadata"'

/** Creates the index in a database of its own. */
export function createBucketIndex(database: DatabaseSync): BucketIndex {
  database.exec(tables)
  const prepare = (sql: string) => database.prepare(sql)
  const find = prepare(`SELECT ${objectColumns} FROM "objects" WHERE "key" = ?`)
  const list = prepare(
    `SELECT ${objectColumns} FROM "objects"
    WHERE "key" >= ?1 AND "key" < CAST(?2 AS TEXT) AND "key" > ?3 ORDER BY "key" LIMIT ?4`,
  )
  const replaceObject = prepare(
    `REPLACE INTO "objects" (${objectColumns}) VALUES (?, ?, ?, ?, ?, ?)`,
  )
  const remove = prepare('DELETE FROM "objects" WHERE "key" = ?')
  const noteUnneeded = prepare('REPLACE INTO "unneeded" ("file", "since") VALUES (?, ?)')
  const unneeded = prepare('SELECT "file" FROM "unneeded" WHERE "since" < ?')
  const forget = prepare('DELETE FROM "unneeded" WHERE "file" = ?')
  const uses = prepare(
    'SELECT 1 FROM "objects" WHERE "file" = ?1 UNION ALL SELECT 1 FROM "parts" WHERE "file" = ?1',
  )
  const addUpload = prepare(
    'INSERT INTO "uploads" ("id", "key", "metadata", "begun") VALUES (?, ?, ?, ?)',
  )
  const upload = prepare('SELECT "key", "metadata" FROM "uploads" WHERE "id" = ?')
  const removeUpload = prepare('DELETE FROM "uploads" WHERE "id" = ?')
  const abandoned = prepare('SELECT "id" FROM "uploads" WHERE "begun" < ?')
  const replacePart = prepare(
    'REPLACE INTO "parts" ("upload", "number", "file", "size", "etag") VALUES (?, ?, ?, ?, ?)',
  )
  const parts = prepare('SELECT "number", "file", "size", "etag" FROM "parts" WHERE "upload" = ?')
  const removeParts = prepare('DELETE FROM "parts" WHERE "upload" = ?')

  function objectAt(key: string): IndexedObject | undefined {
    const row = find.get(key) as unknown as ObjectRow | undefined
    return row && readObject(row)
  }

  function partsOf(id: string): Map<number, IndexedPart> {
    const rows = parts.all(id) as unknown as [number, string, number, string][]
    return new Map(rows.map(([number, file, size, etag]) => [number, { file, size, etag }]))
  }

  return {
    find: objectAt,
    list({ prefix, after, limit }) {
      const rows = list.all(prefix, afterPrefix(prefix), after, limit) as unknown as ObjectRow[]
      return rows.map(readObject)
    },
    put(object) {
      const { key, file, size, etag, uploaded, httpMetadata, customMetadata } = object
      const metadata = JSON.stringify({ httpMetadata, customMetadata })
      transact(database, () => {
        const replaced = objectAt(key)?.file
        if (replaced !== undefined) noteUnneeded.run(replaced, Date.now())
        replaceObject.run(key, file, size, etag, uploaded, metadata)
      })
    },
    delete(keys) {
      transact(database, () => {
        for (const key of keys) {
          const file = objectAt(key)?.file
          if (file === undefined) continue
          remove.run(key)
          noteUnneeded.run(file, Date.now())
        }
      })
    },
    uses: (file) => uses.get(file) !== undefined,
    unneeded: (before) => textsIn(unneeded.all(before)),
    forget(files) {
      transact(database, () => files.forEach((file) => forget.run(file)))
    },
    beginUpload(id, key, metadata, now) {
      addUpload.run(id, key, JSON.stringify(metadata), now)
    },
    upload(id) {
      const row = upload.get(id) as unknown as [string, string] | undefined
      return row && { key: row[0], metadata: JSON.parse(row[1]) as ObjectMetadata }
    },
    putPart(id, number, { file, size, etag }) {
      transact(database, () => {
        const replaced = partsOf(id).get(number)
        if (replaced !== undefined) noteUnneeded.run(replaced.file, Date.now())
        replacePart.run(id, number, file, size, etag)
      })
    },
    parts: partsOf,
    endUpload(id) {
      transact(database, () => {
        for (const { file } of partsOf(id).values()) noteUnneeded.run(file, Date.now())
        removeParts.run(id)
        removeUpload.run(id)
      })
    },
    abandonedUploads: (before) => textsIn(abandoned.all(before)),
  }
}

type ObjectRow = [string, string, number, string, number, string]

function readObject([key, file, size, etag, uploaded, metadata]: ObjectRow): IndexedObject {
  return { key, file, size, etag, uploaded, ...(JSON.parse(metadata) as ObjectMetadata) }
}

function textsIn(rows: unknown): string[] {
  return (rows as [string][]).map(([text]) => text)
}
