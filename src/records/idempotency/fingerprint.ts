import type { Context } from 'hono'
import type { AppEnv } from '#http/app-env.ts'
import type { RecordBody } from '#http/body/record-body.ts'
import { hexDigest } from '#kernel/bytes.ts'
import { dictionary } from '#kernel/dictionary.ts'

/**
 * A digest of a request as it was parsed: method, path, query, values and files. The boundaries of a
 * form and the order of members differ between attempts that mean the same.
 *
 * It is stored, and the body may hold a password. The client's key, which is stored as a digest
 * only, keeps those who read the database from guessing passwords by it.
 */
export async function requestFingerprint(
  c: Context<AppEnv, string>,
  key: string,
  { data, files }: RecordBody,
): Promise<string> {
  const { method, url } = c.req
  const { pathname, search } = new URL(url)
  const described = await Promise.all(
    [...files].map(async ([field, uploads]) => [
      field,
      await Promise.all(
        uploads.map(async ({ name, sizeBytes, head }) => [
          name,
          sizeBytes,
          // The type of a file is found from its first bytes.
          await hexDigest('SHA-256', new Uint8Array(head)),
        ]),
      ),
    ]),
  )
  const text = JSON.stringify([key, method, pathname, search, data, described], inOrder)
  return await hexDigest('SHA-256', text)
}

/** Sorts the members of objects. */
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return dictionary(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
