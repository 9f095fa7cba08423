import { clockSlackSeconds } from '#kernel/clock-slack.ts'
import type { RateLimitRule } from '#settings/settings.ts'

/** Counts requests in fixed windows, each beginning with its first request. Lives as long as an isolate. */
export interface MemoryCounters {
  /** Counts a request. Returns the seconds to wait if there were too many. */
  hit(key: string, rule: RateLimitRule, now: Date): number | undefined
  /** Takes back a request that was counted in vain. */
  takeBack(key: string): void
  /** Fills the count of a window, whose limit another isolate has reached. */
  exhaust(key: string, rule: RateLimitRule, endsAt: Date): void
}

interface Window {
  readonly rule: RateLimitRule
  readonly endsAt: number
  hits: number
}

/**
 * Creates empty counters. They hold at most `capacity` windows and drop the oldest first, so that a
 * client cannot fill the memory by calling from many addresses. A changed rule starts a new window.
 */
export function createMemoryCounters(capacity = 10_000): MemoryCounters {
  const windows = new Map<string, Window>()

  function begin(key: string, window: Window): Window {
    windows.delete(key)
    windows.set(key, window)
    const [oldest] = windows.keys()
    if (windows.size > capacity && oldest !== undefined) windows.delete(oldest)
    return window
  }

  return {
    hit(key, rule, date) {
      const now = date.getTime()
      const current = windows.get(key)
      const endsAt = now + rule.duration * 1000
      const isCurrent =
        current !== undefined &&
        current.endsAt > now &&
        current.endsAt <= endsAt + clockSlackSeconds * 1000 &&
        isEqual(current.rule, rule)
      const window = isCurrent ? current : begin(key, { rule, endsAt, hits: 0 })
      window.hits++
      return window.hits > rule.maxRequests ? (window.endsAt - now) / 1000 : undefined
    },
    takeBack(key) {
      const window = windows.get(key)
      if (window !== undefined && window.hits > 0) window.hits--
    },
    exhaust(key, rule, endsAt) {
      begin(key, { rule, endsAt: endsAt.getTime(), hits: rule.maxRequests })
    },
  }
}

/** True for equal rules; every revision of the settings has its own objects. */
function isEqual(a: RateLimitRule, b: RateLimitRule): boolean {
  return (
    a.label === b.label &&
    a.audience === b.audience &&
    a.duration === b.duration &&
    a.maxRequests === b.maxRequests
  )
}
