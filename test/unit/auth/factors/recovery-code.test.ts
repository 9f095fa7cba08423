import { describe, it } from 'vitest'
import { newRecoveryCode, recoveryHash } from '#auth/factors/recovery-code.ts'

describe('newRecoveryCode', () => {
  it('has 24 characters of Crockford’s base32 in four groups', ({ expect }) => {
    const group = '[0-9A-HJKMNP-TV-Z]{6}'
    expect(newRecoveryCode()).toMatch(new RegExp(`^${[group, group, group, group].join('-')}$`))
  })

  it('differs every time', ({ expect }) => {
    expect(new Set(Array.from({ length: 1000 }, newRecoveryCode)).size).toBe(1000)
  })
})

describe('recoveryHash', () => {
  const code = '01ABCD-EFGHJK-MNPQRS-TVWXYZ'
  const spellings = [
    { name: 'in lower case', text: code.toLowerCase() },
    { name: 'without dashes', text: code.replaceAll('-', '') },
    { name: 'with spaces', text: ` ${code.replaceAll('-', '  ')}\n` },
    { name: 'with a letter for each digit it resembles', text: `OI${code.slice(2)}` },
    { name: 'with the other look-alike', text: `ol${code.slice(2)}` },
  ]
  for (const { name, text } of spellings) {
    it(`is the same for a code ${name}`, async ({ expect }) => {
      const hash = await recoveryHash('users', 'ann', code)
      expect(await recoveryHash('users', 'ann', text)).toBe(hash)
    })
  }

  it('differs between accounts, collections and codes', async ({ expect }) => {
    const hashes = await Promise.all([
      recoveryHash('users', 'ann', code),
      recoveryHash('users', 'bob', code),
      recoveryHash('staff', 'ann', code),
      recoveryHash('users', 'ann', `1${code.slice(1)}`),
    ])
    expect(new Set(hashes).size).toBe(4)
  })
})
