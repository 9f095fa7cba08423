import { describe, it } from 'vitest'
import { parseDate } from '#go-compat/parse-date.ts'
import { formatDate, isFormattedDate } from '#kernel/dates.ts'

const dayMilliseconds = 24 * 60 * 60_000

describe('the format of dates', () => {
  it('is recognised on every day, but for leap days', ({ expect }) => {
    const unknown: string[] = []
    for (let day = 0; day < 8 * 366; day++) {
      const text = formatDate(
        new Date(Date.UTC(2023, 0, 1, 23, 59, 59, 999) + day * dayMilliseconds),
      )
      if (!isFormattedDate(text)) unknown.push(text.slice(0, 10))
    }

    expect(unknown).toEqual(['2024-02-29', '2028-02-29'])
  })

  it.for([
    '2026-02-30 00:00:00.000Z',
    '2026-04-31 00:00:00.000Z',
    '2026-13-01 00:00:00.000Z',
    '2026-00-10 00:00:00.000Z',
    '2026-01-00 00:00:00.000Z',
    '2026-01-32 00:00:00.000Z',
    '2026-01-01 24:00:00.000Z',
    '2026-01-01 00:60:00.000Z',
    '2026-01-01 00:00:60.000Z',
    '2026-01-01T00:00:00.000Z',
    '2026-01-01 00:00:00Z',
    ' 2026-01-01 00:00:00.000Z',
    '2026-01-01 00:00:00.000Z\n',
  ])('is not %j', (text, { expect }) => {
    expect(isFormattedDate(text)).toBe(false)
  })

  it('is what a parsed date has', ({ expect }) => {
    expect(isFormattedDate(parseDate('2026-11-30T12:00:00+02:00'))).toBe(true)
  })
})
