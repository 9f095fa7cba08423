/*
 * The cost of password hashes, and the format of the hashes: the same on every host, so that an account can
 * move between them.
 */

/** The cost of computing, and so of guessing, a hash. */
export interface Argon2Cost {
  readonly memoryKib: number
  readonly passes: number
}

/** The cost for deployments, or the one for tests, which hash often and protect nothing. */
export type CostName = 'owasp' | 'test'

/**
 * OWASP's minimum for argon2id.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id
 */
const owaspCost: Argon2Cost = { memoryKib: 19_456, passes: 2 }

const testCost: Argon2Cost = { memoryKib: 64, passes: 1 }

/** The cost by its name. */
export function costNamed(name: CostName = 'owasp'): Argon2Cost {
  return name === 'test' ? testCost : owaspCost
}

/** The beginning of a hash with this cost. */
export function prefixOf({ memoryKib, passes }: Argon2Cost): string {
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=1$`
}

/** A hash without a known password. */
export function decoyOf(cost: Argon2Cost): string {
  return `${prefixOf(cost)}${'A'.repeat(22)}$${'A'.repeat(43)}`
}

/** True for a hash of argon2id. */
export function isArgon2id(hash: string): boolean {
  return hash.startsWith('$argon2id$')
}

/** True for a hash of bcrypt, as PocketBase has them. */
export function isBcrypt(hash: string): boolean {
  return /^\$2[aby]\$/.test(hash)
}
