import { formatDate } from '#kernel/dates.ts'
import { newId, newTokenKey } from '#kernel/random.ts'
import { hashPassword } from './hash-password.ts'
import { upsertSuperuser } from './superuser-statements.ts'

/**
 * The statements that create a superuser with this password, or set the password of the existing
 * one. Hashing takes 30 ms.
 */
export async function superuserWithPassword(
  email: string,
  password: string,
): Promise<readonly string[]> {
  return upsertSuperuser({
    id: newId(),
    email,
    password: await hashPassword(password),
    tokenKey: newTokenKey(),
    now: formatDate(new Date()),
  })
}
