import type { StoredObject } from '#platform/bindings.ts'

/**
 * The MD5 of an object's content in hexadecimal, from its ETag; undefined for multipart uploads.
 */
export function md5Of({ etag }: Pick<StoredObject, 'etag'>): string | undefined {
  return /^[0-9a-f]{32}$/.test(etag) ? etag : undefined
}
