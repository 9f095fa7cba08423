import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import Argon2, { Argon2Type } from '@phi-ag/argon2'
import { hash as bcryptHash } from 'bcryptjs'
import { describe, it } from 'vitest'
import { createNodeHasher } from '#adapters/node/argon2-hasher.ts'

const passwords = ['correct horse', 'pässwörd 😀', ' ', 'x'.repeat(72)]

/** The library that hashes on Workers. */
async function loadLibrary(): Promise<Argon2> {
  const file = createRequire(import.meta.url).resolve('@phi-ag/argon2/argon2.wasm')
  // The types describe Workers, which never compile at run time.
  const compiled: unknown = await WebAssembly.instantiate(await readFile(file))
  return new Argon2((compiled as { readonly instance: WebAssembly.Instance }).instance)
}

/** The library counts UTF-16 units where it writes bytes, so the Worker pads passwords. */
function padded(password: string): string {
  return password.padEnd(Buffer.byteLength(password), '\0')
}

describe('a password hash', () => {
  it.for(passwords)('made here verifies on a Worker: %j', async (password, { expect }) => {
    const library = await loadLibrary()
    const hash = await createNodeHasher({ cost: 'test' }).hash(password)

    expect(library.tryVerify(hash, padded(password)).success).toBe(true)
    expect(library.tryVerify(hash, padded(`${password}x`)).success).toBe(false)
  })

  it.for(passwords)('made on a Worker verifies here: %j', async (password, { expect }) => {
    const library = await loadLibrary()
    const { encoded } = library.hash(padded(password), {
      memoryCost: 64,
      timeCost: 1,
      parallelism: 1,
      type: Argon2Type.Argon2id,
    })
    const hasher = createNodeHasher({ cost: 'test' })

    expect(await hasher.verify(encoded, password)).toBe(true)
    expect(await hasher.verify(encoded, `${password}x`)).toBe(false)
    expect(hasher.needsUpgrade(encoded)).toBe(false)
    expect(createNodeHasher().needsUpgrade(encoded)).toBe(true)
  })

  it('of PocketBase verifies, and asks for an upgrade', async ({ expect }) => {
    const hash = await bcryptHash('correct horse', 4)
    const hasher = createNodeHasher({ cost: 'test' })

    expect(await hasher.verify(hash, 'correct horse')).toBe(true)
    expect(await hasher.verify(hash, 'wrong')).toBe(false)
    expect(hasher.needsUpgrade(hash)).toBe(true)
  })

  it.for([undefined, '', 'plain', '$argon2id$', '$argon2id$v=19$m=64,t=1,p=1$AAAA$'])(
    'that is missing or broken never matches: %j',
    async (hash, { expect }) => {
      expect(await createNodeHasher({ cost: 'test' }).verify(hash, '')).toBe(false)
    },
  )
})
