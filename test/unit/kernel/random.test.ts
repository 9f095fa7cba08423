import { describe, it } from 'vitest'
import { newId, randomString } from '#kernel/random.ts'

describe('a random string', () => {
  it('has the requested length and characters', ({ expect }) => {
    expect(newId()).toMatch(/^[a-z0-9]{15}$/)
    expect(randomString(50)).toMatch(/^[a-zA-Z0-9]{50}$/)
    expect(randomString(8, '0123456789')).toMatch(/^\d{8}$/)
  })

  // Bytes modulo ten would draw 0 to 5 more often than 6 to 9, and make codes easier to guess.
  it('draws every character equally often', ({ expect }) => {
    const draws = 60_000
    const counts = Map.groupBy(randomString(draws, '0123456789'), (digit) => digit)

    const expected = draws / 10
    const deviation = [...counts.values()].reduce(
      (sum, { length }) => sum + (length - expected) ** 2 / expected,
      0,
    )

    expect(counts.size).toBe(10)
    // Chi-squared with nine degrees of freedom: a fair draw exceeds this once in a million times.
    expect(deviation).toBeLessThan(45)
  })
})
