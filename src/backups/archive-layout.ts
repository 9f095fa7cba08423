/*
 * The layout of a deployment's archive. Rows are in pages, each an entry that can be read by
 * itself. Files are stored as in the bucket. The manifest comes last and has a digest of the names,
 * sizes and checksums of all other entries, so it authenticates all of them.
 */
import { fileKey } from '#files/object-key.ts'
import { hexDigest } from '#kernel/bytes.ts'
import { isCollectionId, isSafeName } from '#transfer/safe-names.ts'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import type { ZipEntry } from './zip-format.ts'
import { namedValues } from '#kernel/named-values.ts'

/** The version of the layout. Later versions may not be readable. */
export const archiveFormat = 1

export const manifestName = 'manifest.json'
export const definitionsName = 'definitions.json'
export const settingsName = 'settings.json'

/** The name of a page of rows; `last` is the id of its last row. */
export function pageName(collectionId: string, last: bigint): string {
  return `rows/${collectionId}/${last}.ndjson`
}

/** Parses the collection and the last row id of a page; undefined for other names. */
export function pageOf(name: string): { collectionId: string; last: bigint } | undefined {
  const [, collectionId, last] = /^rows\/([^/]+)\/(-?\d+)\.ndjson$/.exec(name) ?? []
  return collectionId === undefined || last === undefined
    ? undefined
    : { collectionId, last: BigInt(last) }
}

/** The name of a file's entry. */
export function fileName(key: string): string {
  return `storage/${key}`
}

/** Parses the key of a file; undefined for other names. No name leads outside the files. */
export function fileKeyOf(name: string): string | undefined {
  const [, id = '', record = '', file = ''] =
    /^storage\/([^/]*)\/([^/]*)\/([^/]*)$/.exec(name) ?? []
  const isSafe = isCollectionId(id) && isSafeName(record) && isSafeName(file)
  return isSafe ? fileKey(id, record, file) : undefined
}

/** The metadata in the comment of a file's entry. */
export const fileComment = lazy(() =>
  z.object({
    contentType: z.string().optional(),
    originalName: z.string().optional(),
    md5: z.string().optional(),
  }),
)

/** The fields of a manifest. */
export const manifestShape = lazy(() =>
  z.object({
    format: z.literal(archiveFormat),
    /** The time at which writing began. */
    created: z.string(),
    appName: z.string(),
    /** Records by collection. */
    records: namedValues(z.int()),
    files: z.object({ count: z.int(), bytes: z.int() }),
    /** The rows of second factors; absent in archives of earlier versions, which have none. */
    factors: z.int().optional(),
    /** The rows of the history of definitions; absent in archives of earlier versions. */
    history: z.int().optional(),
    /** Files that records name but that do not exist. */
    missing: z.array(z.string()),
    /** Values that were left out; absent in archives of earlier versions. */
    leftOut: z
      .array(
        z.object({ collection: z.string(), id: z.string(), field: z.string(), reason: z.string() }),
      )
      .default([]),
    /** The digest of all other entries. */
    digest: z.string(),
  }),
)

/** A manifest. */
export type Manifest = z.output<ReturnType<typeof manifestShape>>

type DigestedEntry = Pick<ZipEntry, 'name' | 'size' | 'crc' | 'comment'>

/** Entries per partial digest. */
const digestedEntries = 1000

/**
 * The digest of all entries except the manifest, in two levels so that it can be computed in steps:
 * the SHA-256 of each thousand entries, one per line, and the SHA-256 of these digests, one per
 * line.
 */
export async function digestOf(
  entries: AsyncIterable<DigestedEntry> | Iterable<DigestedEntry>,
): Promise<string> {
  const digests: string[] = []
  let lines: string[] = []
  for await (const { name, size, crc, comment } of entries) {
    if (name === manifestName) continue
    lines.push(`${JSON.stringify([name, size, crc, comment])}\n`)
    if (lines.length < digestedEntries) continue
    digests.push(`${await hexDigest('SHA-256', lines.join(''))}\n`)
    lines = []
  }
  digests.push(`${await hexDigest('SHA-256', lines.join(''))}\n`)
  return await hexDigest('SHA-256', digests.join(''))
}
