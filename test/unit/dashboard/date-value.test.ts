import { describe, it } from 'vitest'
import {
  fromInputText,
  readDate,
  startOfDay,
  toInputText,
} from '#dashboard/fields/values/date-value.ts'

describe('a date of the API', () => {
  it.for([
    ['2026-11-30 09:22:12.123Z', '2026-11-30T09:22:12.123'],
    ['2026-11-30 09:22:12.000Z', '2026-11-30T09:22:12'],
    ['2026-11-30 09:22:00.000Z', '2026-11-30T09:22'],
  ])('%s is shown as %s and read back', ([stored = '', shown = ''], { expect }) => {
    const date = readDate(stored)

    expect(date && toInputText(date, 'utc')).toBe(shown)
    expect(fromInputText(shown, 'utc')).toBe(stored)
  })

  it.for(['', 'nonsense', null, 5])('is none for %o', (value, { expect }) => {
    expect(readDate(value)).toBeUndefined()
  })

  it('typed by local clocks is stored in UTC', ({ expect }) => {
    const stored = fromInputText('2026-07-01T12:00', 'local')
    const date = readDate(stored)

    expect(stored).toBe(new Date('2026-07-01T12:00').toISOString().replace('T', ' '))
    expect(date && toInputText(date, 'local')).toBe('2026-07-01T12:00')
  })

  it('begins its day at midnight of the clocks that are shown', ({ expect }) => {
    expect(startOfDay(new Date('2026-11-30T09:22:12Z'), 'utc')).toBe('2026-11-30 00:00:00.000Z')
  })
})
