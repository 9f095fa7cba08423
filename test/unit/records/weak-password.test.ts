import { describe, it } from 'vitest'
import { readingsOf } from '#records/write/weak-password.ts'

describe('the readings of a password', () => {
  const cases: readonly [string, string][] = [
    ['Password', 'password'],
    ['password123!', 'password'],
    ['P@$$w0rd', 'password'],
    ['passw0rd1!', 'password'],
    ['12345678', '12345678'],
  ]
  for (const [password, reading] of cases) {
    it(`read ${password} as ${reading}`, ({ expect }) => {
      expect(readingsOf(password)).toContain(reading)
    })
  }
})
