import Argon2, { Argon2Type } from '@phi-ag/argon2'
import argon2Module from '@phi-ag/argon2/argon2.wasm'
import { compare } from 'bcryptjs'
import {
  type CostName,
  costNamed,
  decoyOf,
  isArgon2id,
  isBcrypt,
  prefixOf,
} from '#adapters/argon2/argon2-cost.ts'
import { byteLength } from '#kernel/text.ts'
import type { PasswordHasher } from '#platform/password-hasher.ts'

/**
 * Hashes with argon2id, and also verifies the bcrypt hashes of accounts from PocketBase.
 *
 * The module is instantiated on first use. Hashing or verifying takes about 30 ms of CPU and 19
 * MiB.
 */
export function createArgon2Hasher(options: { cost?: CostName } = {}): PasswordHasher {
  const cost = costNamed(options.cost)
  const prefix = prefixOf(cost)
  const decoy = decoyOf(cost)

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
      const known = hash !== undefined && isArgon2id(hash)
      const { success } = (await argon2()).tryVerify(known ? hash : decoy, sizedInBytes(password))
      return success && known
    },

    needsUpgrade: (hash) => !hash.startsWith(prefix),
  }
}

/**
 * Pads the password to as many UTF-16 units as it has UTF-8 bytes. The library writes bytes but
 * counts units, and so would cut off a password that is not ASCII. The padding comes after the
 * bytes that count and is never read.
 */
function sizedInBytes(password: string): string {
  return password.padEnd(byteLength(password), '\0')
}
