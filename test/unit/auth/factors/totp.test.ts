import fc from 'fast-check'
import { describe, it } from 'vitest'
import {
  codeAt,
  codeDigitsOf,
  fromBase32,
  matchedStep,
  newSeed,
  seedUri,
  stepAt,
  toBase32,
} from '#auth/factors/totp.ts'

/** The seed of the vectors in appendix B of RFC 6238. */
const seed = new Uint8Array(new TextEncoder().encode('12345678901234567890'))

describe('codeAt', () => {
  // The RFC lists eight digits; a code of six has the last ones.
  const vectors = [
    { seconds: 59, code: '287082' },
    { seconds: 1111111109, code: '081804' },
    { seconds: 1111111111, code: '050471' },
    { seconds: 1234567890, code: '005924' },
    { seconds: 2000000000, code: '279037' },
    { seconds: 20000000000, code: '353130' },
  ]
  for (const { seconds, code } of vectors) {
    it(`has the code of RFC 6238 at ${seconds} seconds`, async ({ expect }) => {
      expect(await codeAt(seed, stepAt(new Date(seconds * 1000)))).toBe(code)
    })
  }
})

describe('matchedStep', () => {
  const now = new Date(59_000)
  const current = stepAt(now)

  for (const skew of [0, 1]) {
    for (const distance of [-2, -1, 0, 1, 2]) {
      const isAccepted = Math.abs(distance) <= skew
      it(`${isAccepted ? 'accepts' : 'rejects'} the code ${distance} steps away with a skew of ${skew}`, async ({
        expect,
      }) => {
        const later = new Date(1_000_000_000_000)
        const step = stepAt(later) + distance
        const code = await codeAt(seed, step)

        const matched = await matchedStep(seed, { code, lastStep: 0, skew, now: later })

        expect(matched).toBe(isAccepted ? step : undefined)
      })
    }
  }

  it('rejects the code of the last accepted step, and of earlier ones', async ({ expect }) => {
    const code = await codeAt(seed, current)

    const check = { code, skew: 1, now }
    expect(await matchedStep(seed, { ...check, lastStep: current })).toBeUndefined()
    expect(await matchedStep(seed, { ...check, lastStep: current + 1 })).toBeUndefined()
    expect(await matchedStep(seed, { ...check, lastStep: current - 1 })).toBe(current)
  })

  it('rejects anything that is not the whole code', async ({ expect }) => {
    const code = await codeAt(seed, current)

    for (const other of ['', code.slice(1), `${code}0`, `0${code}`, 'abcdef', `${code}\u0000`]) {
      expect(await matchedStep(seed, { code: other, lastStep: 0, skew: 1, now })).toBeUndefined()
    }
  })
})

describe('codeDigitsOf', () => {
  it('reads a code with spaces and dashes', ({ expect }) => {
    expect(codeDigitsOf(' 123 4-56\n')).toBe('123456')
  })
})

describe('base32', () => {
  it('has the vectors of RFC 4648, without padding', ({ expect }) => {
    const encoded = ['f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map((text) =>
      toBase32(new TextEncoder().encode(text)),
    )
    expect(encoded).toEqual(['MY', 'MZXQ', 'MZXW6', 'MZXW6YQ', 'MZXW6YTB', 'MZXW6YTBOI'])
  })

  it('returns what was encoded', ({ expect }) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect([...fromBase32(toBase32(bytes))]).toEqual([...bytes])
      }),
    )
  })

  it('gives every seed 160 bits in 32 characters', ({ expect }) => {
    const text = toBase32(newSeed())

    expect(text).toMatch(/^[A-Z2-7]{32}$/)
    expect(fromBase32(text)).toHaveLength(20)
  })
})

describe('seedUri', () => {
  it('encodes what would end the label or a parameter', ({ expect }) => {
    const uri = seedUri('MZXW6YTB', { issuer: 'A & B?', account: 'ann+1@example.com' })

    expect(uri).toBe(
      'otpauth://totp/A%20%26%20B%3F:ann%2B1%40example.com?secret=MZXW6YTB&issuer=A%20%26%20B%3F&algorithm=SHA1&digits=6&period=30',
    )
    expect(new URL(uri).searchParams.get('issuer')).toBe('A & B?')
  })

  it('leaves an empty issuer out', ({ expect }) => {
    expect(seedUri('MY', { issuer: '', account: 'ann' })).toBe(
      'otpauth://totp/ann?secret=MY&algorithm=SHA1&digits=6&period=30',
    )
  })
})
