import { describe, it } from 'vitest'
import type { AuthCollection } from '#auth/auth-token.ts'
import { hashCode, isCode, keyedHash, newCode } from '#auth/sign-in/one-time-code.ts'
import type { PasswordHasher } from '#platform/password-hasher.ts'

function collection(secret = 's'.repeat(50)): AuthCollection {
  return { id: 'users_id', auth: { authToken: { secret, duration: 60 } } } as AuthCollection
}

const passwords: PasswordHasher = {
  hash: async (password) => `$${password}`,
  verify: async (hash, password) => hash === `$${password}`,
  needsUpgrade: () => false,
}

describe('a one-time code', () => {
  it('has the configured number of digits', ({ expect }) => {
    const codes = Array.from({ length: 200 }, () => newCode(6))

    expect(codes.every((code) => /^\d{6}$/.test(code))).toBe(true)
    expect(new Set([...codes.join('')]).size).toBe(10)
  })

  it('is recognised by its hash', async ({ expect }) => {
    const hash = await hashCode(collection(), 'a', '123456')

    expect(await isCode(passwords, collection(), { id: 'a', hash }, '123456')).toBe(true)
  })

  const users = collection()
  const impostors = [
    { name: 'another code', id: 'a', code: '123457', under: users },
    { name: 'the code of another row', id: 'b', code: '123456', under: users },
    { name: 'parts cut elsewhere', id: 'a1', code: '23456', under: users },
    { name: 'the code of another secret', id: 'a', code: '123456', under: collection('x') },
  ]
  it.for(impostors)('is not $name', async ({ id, code, under }, { expect }) => {
    const hash = await hashCode(users, 'a', '123456')

    expect(await isCode(passwords, under, { id, hash }, code)).toBe(false)
  })

  const strangers = [
    { name: 'no row', hash: undefined },
    { name: 'an empty hash', hash: '' },
    { name: 'what is no base64', hash: 'hmac-sha256:?' },
    { name: 'a hash without its end', hash: 'hmac-sha256:' },
  ]
  it.for(strangers)('does not match $name', async ({ hash }, { expect }) => {
    expect(await isCode(passwords, users, { id: 'a', hash }, '123456')).toBe(false)
  })

  it('does not match a hash for another purpose', async ({ expect }) => {
    const hash = `hmac-sha256:${await keyedHash(users, 'address', 'a', '123456')}`

    expect(await isCode(passwords, users, { id: 'a', hash }, '123456')).toBe(false)
  })

  it('may be stored as the hash of a password', async ({ expect }) => {
    expect(await isCode(passwords, users, { id: 'a', hash: '$123456' }, '123456')).toBe(true)
    expect(await isCode(passwords, users, { id: 'a', hash: '$123456' }, '123457')).toBe(false)
  })
})
