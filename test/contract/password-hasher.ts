import { describe, it } from 'vitest'
import type { PasswordHasher } from '#platform/password-hasher.ts'

const password = 'пароль と 🔑'

/** Created by Node's argon2, with the cost of tests. */
const argon2id =
  '$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$lc0REh+vYIrPq5R5XpoOBzO0MzoRJaRe5hgfBu6RQ44'
/** Created by another library, with a cost of 4. */
const bcrypt = '$2b$04$3opVJ5ClGumwQAo57U5vQOCSUrXPh9e2q7ZdVI2dB.R8IdIwWbOHq'

/** Tests of all that the product expects of a hasher. */
export function describePasswordHasher(
  name: string,
  create: (options?: { cost?: 'owasp' | 'test' }) => PasswordHasher,
): void {
  describe(`the password hasher ${name}`, () => {
    it('hashes with OWASP’s parameters, except in tests', async ({ expect }) => {
      const hash = await create().hash(password)

      expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
      expect(await create().verify(hash, password)).toBe(true)
    })

    it('uses a new salt for each hash', async ({ expect }) => {
      const hasher = create({ cost: 'test' })

      expect(await hasher.hash(password)).not.toBe(await hasher.hash(password))
    })

    const foreign = [
      { name: 'argon2id', hash: argon2id },
      { name: 'bcrypt', hash: bcrypt },
      { name: "bcrypt's form of PHP", hash: bcrypt.replace('$2b$', '$2y$') },
      { name: "bcrypt's form of Go", hash: bcrypt.replace('$2b$', '$2a$') },
    ]
    for (const { name: algorithm, hash } of foreign) {
      it(`verifies hashes of other libraries with ${algorithm}`, async ({ expect }) => {
        const hasher = create({ cost: 'test' })

        expect(await hasher.verify(hash, password)).toBe(true)
        expect(await hasher.verify(hash, 'another')).toBe(false)
      })
    }

    // The library counts UTF-16 units instead of bytes, and would ignore the end.
    it('hashes the whole of a password that is not ASCII', async ({ expect }) => {
      const hasher = create({ cost: 'test' })
      const hash = await hasher.hash('пароль-один')

      expect(await hasher.verify(hash, 'пароль-один')).toBe(true)
      expect(await hasher.verify(hash, 'пароль-рано')).toBe(false)
    })

    for (const hash of [
      undefined,
      '',
      'plain text',
      '$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAA',
    ]) {
      it(`matches no password for ${hash === undefined ? 'no hash' : `"${hash}"`}`, async ({
        expect,
      }) => {
        expect(await create({ cost: 'test' }).verify(hash, '')).toBe(false)
      })
    }

    it('requires an upgrade of every other kind of hash', async ({ expect }) => {
      const hasher = create({ cost: 'test' })

      expect(hasher.needsUpgrade(await hasher.hash(password))).toBe(false)
      expect(hasher.needsUpgrade(bcrypt)).toBe(true)
      expect(create().needsUpgrade(argon2id)).toBe(true)
    })
  })
}
