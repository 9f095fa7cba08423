import { performance } from 'node:perf_hooks'
import { setImmediate as nextPass } from 'node:timers/promises'
import { afterEach, beforeEach, describe, it, vi } from 'vitest'
import { collectGarbage, collectWhenIdle } from '#serve/idle-collector.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** The number of collections after each check, before which the thread worked for a share of its time. */
function collectionsAfter(...shares: number[]): number[] {
  let utilization = 0
  vi.spyOn(performance, 'eventLoopUtilization').mockImplementation(() => ({
    idle: 0,
    active: 0,
    utilization,
  }))
  let collections = 0
  const collector = collectWhenIdle(() => collections++)
  const counts = shares.map((share) => {
    utilization = share
    vi.advanceTimersByTime(5000)
    return collections
  })
  collector.stop()
  vi.advanceTimersByTime(60_000)
  return [...counts, collections]
}

describe('the heap of a thread', () => {
  it('is collected once after the start, and once after each load', ({ expect }) => {
    const counts = collectionsAfter(0.9, 0.01, 0, 0.01, 0.5, 0.6, 0.01)

    expect(counts).toEqual([0, 1, 1, 1, 1, 1, 2, 2])
  })

  // Bun has another engine, and collects by itself.
  it.skipIf(process.versions['bun'] !== undefined)(
    'is collected by the runtime',
    async ({ expect }) => {
      vi.spyOn(performance, 'eventLoopUtilization').mockReturnValue({
        idle: 1,
        active: 0,
        utilization: 0,
      })
      const garbage = new WeakRef({})
      // An object of a WeakRef is kept until its pass of the event loop ends.
      await nextPass()
      const collector = collectWhenIdle(collectGarbage)

      vi.advanceTimersByTime(5000)
      collector.stop()

      expect(garbage.deref()).toBeUndefined()
    },
  )
})
