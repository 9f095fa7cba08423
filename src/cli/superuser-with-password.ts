import { formatDate } from '#kernel/dates.ts'
import { newId, randomString } from '#kernel/random.ts'
import { hashPassword } from './hash-password.ts'
import { upsertSuperuser } from './superuser-statements.ts'

/**
 * The statements that make a superuser with this password, or give it to the one with this address.
 * Takes the 30 ms of a hash.
 */
export async function superuserWithPassword(
  email: string,
  password: string,
): Promise<readonly string[]> {
  return upsertSuperuser({
    id: newId(),
    email,
    password: await hashPassword(password),
    tokenKey: randomString(50),
    now: formatDate(new Date()),
  })
}
