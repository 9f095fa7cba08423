/*
 * Backups as objects of the bucket. No collection's id begins with `@`, so a file's key never
 * equals a backup's.
 */
import { formatDate } from '#kernel/dates.ts'
import { snakeCase } from '#kernel/text.ts'
import type { Bucket, StoredObject } from '#platform/bindings.ts'

const prefix = '@backups/'
/** The name prefix of scheduled backups. */
const automaticPrefix = '@auto_pb_backup_'
const maxAppNameLength = 50

/** A backup in API responses, with keys in order. */
export interface BackupInfo {
  readonly modified: string
  /** Its name. */
  readonly key: string
  readonly size: number
}

/** The key of a backup's object. */
export function objectKey(name: string): string {
  return prefix + name
}

/** The name of the backup in an object. */
export function nameOf(key: string): string {
  return key.slice(prefix.length)
}

/** The default name of a new backup. */
export function defaultName(appName: string, now: Date, madeBy: 'superuser' | 'clock'): string {
  const app = snakeCase(appName).slice(0, maxAppNameLength)
  const stamp = now.toISOString().replaceAll(/\D/g, '').slice(0, 14)
  return `${madeBy === 'clock' ? automaticPrefix : 'pb_backup_'}${app}_${stamp}.zip`
}

/** Lists all complete backups. R2: 1 read per thousand. */
export async function listBackups(bucket: Bucket): Promise<BackupInfo[]> {
  return (await allObjects(bucket, prefix)).map(({ key, size, uploaded }) => ({
    modified: formatDate(uploaded),
    key: nameOf(key),
    size,
  }))
}

/**
 * Removes scheduled backups except the newest `keep`, a thousand at a time. R2: 1 read per
 * thousand, and 1 call.
 */
export async function pruneBackups(bucket: Bucket, keep: number): Promise<void> {
  const made = await allObjects(bucket, objectKey(automaticPrefix))
  const old = made.toSorted((a, b) => b.uploaded.getTime() - a.uploaded.getTime()).slice(keep)
  if (old.length > 0) await bucket.delete(old.slice(0, 1000).map(({ key }) => key))
}

async function allObjects(bucket: Bucket, under: string): Promise<StoredObject[]> {
  const objects: StoredObject[] = []
  let cursor: string | undefined
  do {
    const page = await bucket.list({ prefix: under, ...(cursor === undefined ? {} : { cursor }) })
    objects.push(...page.objects)
    cursor = page.truncated ? page.cursor : undefined
  } while (cursor !== undefined)
  return objects
}
