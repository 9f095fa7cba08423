import { Argon2Type } from '@phi-ag/argon2'
import initialize from '@phi-ag/argon2/node'

/**
 * The argon2id hash of a password in PHC form, as the Worker makes and verifies it.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
 */
export async function hashPassword(password: string): Promise<string> {
  const argon2 = await initialize()
  const { encoded } = argon2.hash(password, {
    type: Argon2Type.Argon2id,
    memoryCost: 19_456,
    timeCost: 2,
    parallelism: 1,
  })
  return encoded
}
