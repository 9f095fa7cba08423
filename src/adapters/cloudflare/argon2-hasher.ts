import Argon2, { Argon2Type } from '@phi-ag/argon2'
import argon2Module from '@phi-ag/argon2/argon2.wasm'
import { compare } from 'bcryptjs'
import { byteLength } from '#kernel/text.ts'
import type { PasswordHasher } from '#platform/password-hasher.ts'

/** The cost of computing, and so of guessing, a hash. */
interface Cost {
  readonly memoryKib: number
  readonly passes: number
}

/**
 * OWASP's minimum for argon2id.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id
 */
const owaspCost: Cost = { memoryKib: 19_456, passes: 2 }

/** For tests, which hash often and protect nothing. */
const testCost: Cost = { memoryKib: 64, passes: 1 }

/**
 * Hashes with argon2id, and also verifies the bcrypt hashes of accounts from PocketBase.
 *
 * The module is instantiated on first use. Hashing or verifying takes about 30 ms of CPU and 19
 * MiB.
 */
export function createArgon2Hasher(options: { cost?: 'owasp' | 'test' } = {}): PasswordHasher {
  const cost = options.cost === 'test' ? testCost : owaspCost
  const prefix = `$argon2id$v=19$m=${cost.memoryKib},t=${cost.passes},p=1$`
  /** A hash without a known password. */
  const decoy = `${prefix}${'A'.repeat(22)}$${'A'.repeat(43)}`

  let instance: Promise<Argon2> | undefined
  async function argon2(): Promise<Argon2> {
    instance ??= WebAssembly.instantiate(argon2Module).then((module) => new Argon2(module))
    return await instance
  }

  return {
    async hash(password) {
      const { encoded } = (await argon2()).hash(sizedInBytes(password), {
        memoryCost: cost.memoryKib,
        timeCost: cost.passes,
        parallelism: 1,
        type: Argon2Type.Argon2id,
      })
      return encoded
    },

    async verify(hash, password) {
      if (hash !== undefined && isBcrypt(hash)) return await compare(password, hash)
      const known = hash !== undefined && hash.startsWith('$argon2id$')
      const { success } = (await argon2()).tryVerify(known ? hash : decoy, sizedInBytes(password))
      return success && known
    },

    needsUpgrade: (hash) => !hash.startsWith(prefix),
  }
}

function isBcrypt(hash: string): boolean {
  return /^\$2[aby]\$/.test(hash)
}

/**
 * Pads the password to as many UTF-16 units as it has UTF-8 bytes. The library writes bytes but
 * counts units, and so would cut off a password that is not ASCII. The padding comes after the
 * bytes that count and is never read.
 */
function sizedInBytes(password: string): string {
  return password.padEnd(byteLength(password), '\0')
}
