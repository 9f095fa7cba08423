import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { everyMinute } from '#serve/minute-timer.ts'

const start = Date.parse('2026-03-01T12:00:30Z')

beforeEach(() => void vi.useFakeTimers({ now: start }))
afterEach(() => void vi.useRealTimers())

/** The times at which it was called, in ISO 8601. */
function watch(): string[] {
  const calls: string[] = []
  everyMinute((now) => calls.push(now.toISOString().slice(11, 19)))
  return calls
}

describe('the timer of minutes', () => {
  it('calls after a second, and then at each whole minute', ({ expect }) => {
    const calls = watch()

    vi.advanceTimersByTime(150_000)

    expect(calls).toEqual(['12:00:31', '12:01:00', '12:02:00', '12:03:00'])
  })

  it.for([
    { name: 'ahead', jump: 90 * 60_000, next: ['13:31:00', '13:32:00'] },
    { name: 'back', jump: -90 * 60_000, next: ['10:31:00', '10:32:00'] },
  ])('follows a clock that jumps $name within a minute', ({ jump, next }, { expect }) => {
    const calls = watch()
    vi.advanceTimersByTime(1000)

    vi.setSystemTime(Date.now() + jump)
    vi.advanceTimersByTime(120_000)

    expect(calls).toEqual(['12:00:31', ...next])
  })
})
