import { describe, it } from 'vitest'
import { createMemoryCounters } from '#limits/memory-counters.ts'

const start = new Date('2026-01-31T12:00:00Z')
const rule = { label: '*:list', audience: '', duration: 10, maxRequests: 2 }

function after(seconds: number): Date {
  return new Date(start.getTime() + seconds * 1000)
}

describe('counters in memory', () => {
  it('return the time to wait after too many requests, until the window ends', ({ expect }) => {
    const counters = createMemoryCounters()

    const waits = [0, 1, 4, 10].map((seconds) => counters.hit('key', rule, after(seconds)))

    expect(waits).toEqual([undefined, undefined, 6, undefined])
  })

  it('count each key separately', ({ expect }) => {
    const counters = createMemoryCounters()

    const waits = ['a', 'a', 'b'].map((key) =>
      counters.hit(key, { ...rule, maxRequests: 1 }, start),
    )

    expect(waits).toEqual([undefined, 10, undefined])
  })

  // Any change of a definition or setting creates new rule objects.
  it('continue counting for a new rule object with the same limits', ({ expect }) => {
    const counters = createMemoryCounters()

    const waits = [1, 2, 3].map(() => counters.hit('key', { ...rule }, start))

    expect(waits).toEqual([undefined, undefined, 10])
  })

  it.for([
    { name: 'label', change: { label: '*:view' } },
    { name: 'audience', change: { audience: '@guest' } },
    { name: 'duration', change: { duration: 20 } },
    { name: 'number of requests', change: { maxRequests: 1 } },
  ])('start again under a rule with another $name', ({ change }, { expect }) => {
    const counters = createMemoryCounters()
    counters.hit('key', rule, start)
    counters.hit('key', rule, start)

    const wait = counters.hit('key', { ...rule, ...change }, start)

    expect(wait).toBeUndefined()
  })

  it('drop the oldest window if there are too many', ({ expect }) => {
    const counters = createMemoryCounters(2)
    const once = { ...rule, maxRequests: 1 }

    const waits = ['a', 'b', 'c', 'a', 'c'].map((key) => counters.hit(key, once, start))

    expect(waits).toEqual([undefined, undefined, undefined, undefined, 10])
  })
})
