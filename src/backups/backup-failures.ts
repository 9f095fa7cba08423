import type { Upload } from '#http/body/upload.ts'
import { contentTypeOf } from '#go-compat/content-type/content-type.ts'
import { type FieldIssue, required } from '#kernel/errors.ts'
import { byteLength } from '#kernel/text.ts'
import { firstIssue, length, matches } from '#go-compat/validation-rules.ts'
import type { BackupTask } from '#platform/backups.ts'
import type { Bucket } from '#platform/bindings.ts'
import { objectKey } from './backup-objects.ts'

const namePattern = /^[a-z0-9_-]+\.zip$/
const maxNameLength = 150

/** The issue of a new backup's name. R2: 1 read. */
export async function nameFault(bucket: Bucket, name: string): Promise<FieldIssue | undefined> {
  const fault = firstIssue(name, length(1, maxNameLength), matches(namePattern))
  if (fault !== undefined) return fault
  return (await bucket.head(objectKey(name))) === null
    ? undefined
    : {
        code: 'validation_backup_name_exists',
        message: 'The backup file name is invalid or already exists.',
      }
}

/** The issue of an uploaded backup. R2: 1 read. */
export async function uploadFault(
  bucket: Bucket,
  upload: Upload | undefined,
  current: BackupTask | undefined,
): Promise<FieldIssue | undefined> {
  if (upload === undefined) return required
  if (contentTypeOf(upload.head) !== 'application/zip') {
    return {
      code: 'validation_invalid_mime_type',
      message: `${JSON.stringify(upload.name)} mime type must be one of: application/zip.`,
    }
  }
  // A name of dots disappears from a URL.
  if (byteLength(upload.name) > maxNameLength || /^\.{0,2}$/.test(upload.name)) {
    return { code: 'validation_match_invalid', message: 'Must be in a valid format.' }
  }
  const key = objectKey(upload.name)
  return key !== current?.key && (await bucket.head(key)) === null
    ? undefined
    : {
        code: 'validation_backup_name_exists',
        message: 'Backup file with the specified name already exists.',
      }
}
