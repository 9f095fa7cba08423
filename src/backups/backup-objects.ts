/*
 * Backups as objects of the bucket. No collection's id begins with `@`, so no file is ever taken for
 * one of them.
 */
import { formatDate } from '#kernel/dates.ts'
import { snakeCase } from '#kernel/text.ts'
import type { Bucket, StoredObject } from '#platform/bindings.ts'

const prefix = '@backups/'
/** What the names of backups begin with that were made by the clock. */
const automaticPrefix = '@auto_pb_backup_'
const maxAppNameLength = 50

/** A backup as clients see it; keys in the order they are sent in. */
export interface BackupInfo {
  readonly modified: string
  /** Its name. */
  readonly key: string
  readonly size: number
}

/** The key of the object that a backup of this name is. */
export function objectKey(name: string): string {
  return prefix + name
}

/** The name of the backup that an object is. */
export function nameOf(key: string): string {
  return key.slice(prefix.length)
}

/** The name of a backup that is made now and was not given one. */
export function defaultName(appName: string, now: Date, madeBy: 'superuser' | 'clock'): string {
  const app = snakeCase(appName).slice(0, maxAppNameLength)
  const stamp = now.toISOString().replaceAll(/\D/g, '').slice(0, 14)
  return `${madeBy === 'clock' ? automaticPrefix : 'pb_backup_'}${app}_${stamp}.zip`
}

/** All backups that are complete. R2: 1 read for each thousand. */
export async function listBackups(bucket: Bucket): Promise<BackupInfo[]> {
  return (await allObjects(bucket, prefix)).map(({ key, size, uploaded }) => ({
    modified: formatDate(uploaded),
    key: nameOf(key),
    size,
  }))
}

/**
 * Removes backups that were made by the clock, but for so many of the newest; a thousand at a time.
 * R2: 1 read for each thousand, and 1 call.
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
