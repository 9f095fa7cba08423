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
 * Calls a function whenever the thread has become idle, to give memory back. V8 collects garbage when a heap is full, so the
 * heap of an idle server would stay as large as its last load has made it. Collecting takes some 50 ms, once after each load.
 */
export function collectWhenIdle(collect: () => void): IdleCollector {
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

/** Collects all garbage of the thread. Node has no other way: the flag is of all threads, so none takes it back. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as (options: { flavor: 'last-resort' }) => void
  collect({ flavor: 'last-resort' })
}
