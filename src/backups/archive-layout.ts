/*
 * What is where in the archive of a deployment. Rows are in pages, each an entry of its own that can be
 * read without the others; files are as they are in the bucket. The manifest, which is written last,
 * has a digest of the names, sizes and checksums of all other entries: so it vouches for everything.
 */
import { fileKey } from '#files/object-key.ts'
import { hexDigest } from '#kernel/bytes.ts'
import { isCollectionId, isSafeName } from '#transfer/safe-names.ts'
import * as z from 'zod'
import type { ZipEntry } from './zip-format.ts'
import { namedValues } from '#kernel/named-values.ts'

/** The version of the layout; a later one may not be readable. */
export const archiveFormat = 1

export const manifestName = 'manifest.json'
export const definitionsName = 'definitions.json'
export const settingsName = 'settings.json'

/** The name of a page of rows; `last` is the place of its last row. */
export function pageName(collectionId: string, last: bigint): string {
  return `rows/${collectionId}/${last}.ndjson`
}

/** The collection and the last place of a page; undefined for what is no page. */
export function pageOf(name: string): { collectionId: string; last: bigint } | undefined {
  const [, collectionId, last] = /^rows\/([^/]+)\/(-?\d+)\.ndjson$/.exec(name) ?? []
  return collectionId === undefined || last === undefined
    ? undefined
    : { collectionId, last: BigInt(last) }
}

/** The name of a file. */
export function fileName(key: string): string {
  return `storage/${key}`
}

/** The key of a file; undefined for what is none. No name leads anywhere else. */
export function fileKeyOf(name: string): string | undefined {
  const [, id = '', record = '', file = ''] =
    /^storage\/([^/]*)\/([^/]*)\/([^/]*)$/.exec(name) ?? []
  const isSafe = isCollectionId(id) && isSafeName(record) && isSafeName(file)
  return isSafe ? fileKey(id, record, file) : undefined
}

/** What the comment of a file says of it. */
export const fileComment = z.object({
  contentType: z.string().optional(),
  originalName: z.string().optional(),
  md5: z.string().optional(),
})

/** What a manifest says. */
export const manifestShape = z.object({
  format: z.literal(archiveFormat),
  /** When the writing began. */
  created: z.string(),
  appName: z.string(),
  /** Records by collection. */
  records: namedValues(z.int()),
  files: z.object({ count: z.int(), bytes: z.int() }),
  /** Files that records named and that were not there. */
  missing: z.array(z.string()),
  /** Values that could not be taken; missing in archives of earlier versions. */
  leftOut: z
    .array(
      z.object({ collection: z.string(), id: z.string(), field: z.string(), reason: z.string() }),
    )
    .default([]),
  /** The digest of all other entries. */
  digest: z.string(),
})

/** A manifest. */
export type Manifest = z.output<typeof manifestShape>

type DigestedEntry = Pick<ZipEntry, 'name' | 'size' | 'crc' | 'comment'>

/** Entries of which one digest is made. */
const digestedEntries = 1000

/**
 * The digest of entries but the manifest: of each thousand of them the SHA-256, in hexadecimal, of a
 * line for each, and of these digests, each a line, the same. So it is made without all of them at hand.
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
