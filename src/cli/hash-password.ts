import { argon2, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'

/** The cost of the Worker's hashes, so that it does not renew these. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 }

/** Hashes a password with argon2id in PHC format, as the Worker does. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await promisify(argon2)('argon2id', {
    ...cost,
    message: password,
    nonce: salt,
    tagLength: 32,
  })
  const parameters = `m=${cost.memory},t=${cost.passes},p=${cost.parallelism}`
  return `$argon2id$v=19$${parameters}$${phcBase64(salt)}$${phcBase64(hash)}`
}

/** @see https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md#b64 */
function phcBase64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '')
}
