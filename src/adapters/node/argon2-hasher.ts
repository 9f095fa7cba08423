import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { compare } from 'bcryptjs'
import {
  type CostName,
  costNamed,
  decoyOf,
  isArgon2id,
  isBcrypt,
  prefixOf,
} from '#adapters/argon2/argon2-cost.ts'
import type { PasswordHasher } from '#platform/password-hasher.ts'

const derive = promisify(argon2)

const saltBytes = 16
const hashBytes = 32

/** The parts of a hash of argon2id. */
interface ParsedHash {
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
  readonly nonce: Buffer
  readonly digest: Buffer
}

const format =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{6,86})$/

/**
 * Hashes with argon2id in Node's thread pool, about 30 ms and 19 MiB each, and also verifies the bcrypt
 * hashes of accounts from PocketBase. A Worker verifies them, and the reverse.
 */
export function createNodeHasher(options: { cost?: CostName } = {}): PasswordHasher {
  const cost = costNamed(options.cost)
  const prefix = prefixOf(cost)
  const decoy = parse(decoyOf(cost))

  return {
    async hash(password) {
      const nonce = randomBytes(saltBytes)
      const { memoryKib: memory, passes } = cost
      const digest = await compute(password, { memory, passes, parallelism: 1, nonce }, hashBytes)
      return `${prefix}${unpadded(nonce)}$${unpadded(digest)}`
    },

    async verify(hash, password) {
      if (hash !== undefined && isBcrypt(hash)) return await compare(password, hash)
      const known = hash !== undefined && isArgon2id(hash) ? parse(hash) : undefined
      const expected = known ?? decoy
      if (expected === undefined) return false
      const digest = await compute(password, expected, expected.digest.length)
      return timingSafeEqual(digest, expected.digest) && known !== undefined
    },

    needsUpgrade: (hash) => !hash.startsWith(prefix),
  }
}

async function compute(
  password: string,
  { memory, passes, parallelism, nonce }: Omit<ParsedHash, 'digest'>,
  tagLength: number,
): Promise<Buffer> {
  return await derive('argon2id', {
    message: password,
    nonce,
    parallelism,
    tagLength,
    memory,
    passes,
  })
}

function parse(hash: string): ParsedHash | undefined {
  const [, memory, passes, parallelism, nonce = '', digest = ''] = format.exec(hash) ?? []
  if (memory === undefined) return undefined
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    nonce: Buffer.from(nonce, 'base64'),
    digest: Buffer.from(digest, 'base64'),
  }
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
