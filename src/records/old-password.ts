import { sql } from 'drizzle-orm'
import type { Collection } from '#collections/collection.ts'
import type { Plan } from '#collections/transact.ts'
import { toText } from '#kernel/casts.ts'
import type { PasswordHasher } from '#platform/password-hasher.ts'
import type { SubmittedBody } from './resolve-body.ts'

/** The outcome of comparing a submitted old password with the stored hash. */
export interface OldPasswordProof {
  readonly matches: boolean
  /** The hash it was compared with; the write holds only while it is the stored one. */
  readonly hash: string
}

/** Whether a request claims to know the password it replaces. */
export function claimsOldPassword({ data }: SubmittedBody): boolean {
  return toText(data['oldPassword']) !== ''
}

/** Compares the submitted old password; undefined when there is nothing to compare. */
export async function proveOldPassword(
  passwords: PasswordHasher,
  hash: string | undefined,
  body: SubmittedBody,
): Promise<OldPasswordProof | undefined> {
  if (hash === undefined || !claimsOldPassword(body)) return undefined
  return { hash, matches: await passwords.verify(hash, toText(body.data['oldPassword'])) }
}

/** Plans the reading of the hash that a submitted old password is compared with. */
export function planStoredHash(collection: Collection, id: string): Plan<string | undefined> {
  const hash = collection.auth === undefined ? sql`NULL` : sql`"password"`
  return {
    statements: [
      sql`SELECT ${hash} AS "hash" FROM ${sql.identifier(collection.name)} WHERE "id" = ${id}`,
    ],
    answer: ([rows]) => {
      const stored = rows?.[0]?.['hash']
      return typeof stored === 'string' ? stored : undefined
    },
  }
}
