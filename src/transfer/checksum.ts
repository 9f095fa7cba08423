import type { StoredObject } from '#platform/bindings.ts'

/**
 * The MD5 of an object's content, in hexadecimal digits, as its etag tells; undefined for one that was
 * uploaded in parts.
 */
export function md5Of({ etag }: Pick<StoredObject, 'etag'>): string | undefined {
  return /^[0-9a-f]{32}$/.test(etag) ? etag : undefined
}
