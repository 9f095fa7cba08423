import { describe, it } from 'vitest'
import { nextRuns, scheduleInWords } from '#dashboard/operations/schedule.ts'

describe('a schedule in words', () => {
  it.for([
    ['* * * * *', 'Every minute'],
    ['*/5 * * * *', 'Every 5 minutes'],
    ['0 * * * *', 'Every hour, at minute 00'],
    ['7 */6 * * *', 'Every 6 hours, at minute 07'],
    ['0 3 * * *', 'Every day at 03:00 UTC'],
    ['@daily', 'Every day at 00:00 UTC'],
    ['30 14 * * 7', 'Every Sunday at 14:30 UTC'],
    ['0 0 1 * *', 'On day 1 of every month at 00:00 UTC'],
    ['0 0 1 * 1', undefined],
    ['0 0,12 * * *', undefined],
    ['0 0 1 1 *', undefined],
    ['nonsense', undefined],
  ] as const)('%s: %s', ([expression, words], { expect }) => {
    expect(scheduleInWords(expression)).toBe(words)
  })
})

describe('the next runs', () => {
  it('are in UTC', ({ expect }) => {
    const runs = nextRuns('0 3 * * *', 2, new Date('2026-11-30T04:00:00Z'))

    expect(runs?.map((run) => run.toISOString())).toEqual([
      '2026-12-01T03:00:00.000Z',
      '2026-12-02T03:00:00.000Z',
    ])
  })

  it('are unknown for what is no expression', ({ expect }) => {
    expect(nextRuns('61 * * * *', 1)).toBeUndefined()
  })
})
