import { describe, it } from 'vitest'
import { delaySeconds, retryAfterSeconds } from '#webhooks/schedule.ts'

const now = new Date('2026-01-31T12:00:00Z')

describe('the schedule of attempts', () => {
  it('is the one of Standard Webhooks, with a fifth of jitter', ({ expect }) => {
    const attempts = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

    expect(attempts.map((attempt) => delaySeconds(attempt, 0.5))).toEqual([
      5,
      300,
      1800,
      ...[2, 5, 10, 14, 20, 24].map((hours) => hours * 3600),
      undefined,
    ])
    expect([delaySeconds(2, 0), delaySeconds(2, 1)]).toEqual([240, 360])
  })

  it.for([
    [null, undefined],
    ['', undefined],
    ['soon', undefined],
    ['0', undefined],
    ['-5', undefined],
    ['120', 120],
    ['999999999', 86_400],
    ['Sat, 31 Jan 2026 12:10:00 GMT', 600],
    ['Sat, 31 Jan 2026 11:00:00 GMT', undefined],
  ] as const)('reads Retry-After %s as %s seconds', ([header, seconds], { expect }) => {
    expect(retryAfterSeconds(header, now)).toBe(seconds)
  })
})
