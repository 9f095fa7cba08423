import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** A running timer. */
export interface IdleCollector {
  stop(): void
}

const checkMilliseconds = 5000

/** The share of its time that an idle thread works, for its timers and for health checks. */
const idleShare = 0.02

/**
 * Collects the garbage of the thread whenever it has become idle. V8 collects when a heap is full, so the heap of an idle
 * server would stay as large as its last load has made it. The thread pauses for some 50 ms, once after each load.
 */
export function collectWhenIdle(collect: () => void = collectAll): IdleCollector {
  let seen = performance.eventLoopUtilization()
  let hasWorked = true
  const timer = setInterval(() => {
    const { utilization } = performance.eventLoopUtilization(seen)
    const isIdle = utilization < idleShare
    if (isIdle && hasWorked) collect()
    hasWorked = !isIdle
    seen = performance.eventLoopUtilization()
  }, checkMilliseconds).unref()
  return { stop: () => clearInterval(timer) }
}

/** Node has no other way to call it. The flag is of all threads, so none takes it back. */
function collectAll(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as (options: { flavor: 'last-resort' }) => void
  collect({ flavor: 'last-resort' })
}
