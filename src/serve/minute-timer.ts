const minuteMilliseconds = 60_000

/** A running timer. */
export interface MinuteTimer {
  stop(): void
}

/** The first call takes as long as many requests, so those that wait for the start go first. */
const firstMilliseconds = 1000

/**
 * Calls after a second and then at the beginning of each minute, for jobs that are due at whole minutes. The
 * time is read each time, so a clock that jumps is followed.
 */
export function everyMinute(run: (now: Date) => void): MinuteTimer {
  const call = (): void => {
    const now = new Date()
    // The timer may fire a moment early.
    const next = minuteMilliseconds - ((now.getTime() + 500) % minuteMilliseconds) + 500
    timer = setTimeout(call, next)
    run(now)
  }
  let timer = setTimeout(call, firstMilliseconds)
  return { stop: () => clearTimeout(timer) }
}
