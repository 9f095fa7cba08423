import { describe, it } from 'vitest'
import { createMemoryCounters } from '#limits/memory-counters.ts'
import { findRateLimit } from '#limits/find-rate-limit.ts'
import type { RateLimitRule } from '#settings/settings.ts'

function rule(label: string, audience = ''): RateLimitRule {
  return { label, audience, duration: 10, maxRequests: 2 }
}

const labels = [
  'posts:create',
  '*:create',
  'POST /api/collections/posts/records',
  '/api/collections/posts/records',
]

describe('the rule of a request', () => {
  it.for([
    ['an equal label', [rule('/api/'), rule('*:create'), rule('posts:create')], 'posts:create'],
    ['the tag of any collection', [rule('/api/'), rule('*:create')], '*:create'],
    ['the path with its method', [rule('POST /api/')], 'POST /api/'],
    ['the beginning of the path', [rule('posts:list'), rule('/api/')], '/api/'],
    [
      'the whole path',
      [rule('/api/collections/posts/records/')],
      '/api/collections/posts/records/',
    ],
    ['the first beginning of several', [rule('/'), rule('/api/')], '/'],
    ['nothing for another audience', [rule('posts:create', '@auth')], undefined],
    ['nothing for the beginning of a name', [rule('/api/collections/po')], undefined],
    ['nothing for another case', [rule('Posts:create')], undefined],
  ] as const)('is found by %s', ([, rules, label], { expect }) => {
    expect(findRateLimit(rules, labels, '@guest')?.label).toBe(label)
  })

  it('may differ by audience', ({ expect }) => {
    const rules = [rule('posts:create', '@guest'), rule('*:create')]

    expect(findRateLimit(rules, labels, '@guest')?.label).toBe('posts:create')
    expect(findRateLimit(rules, labels, '@auth')?.label).toBe('*:create')
  })
})

describe('counters in memory', () => {
  const limit = rule('x')
  const start = Date.parse('2026-01-02T03:04:05Z')

  function after(seconds: number): Date {
    return new Date(start + seconds * 1000)
  }

  it('reject requests over the limit until the window ends', ({ expect }) => {
    const counters = createMemoryCounters()

    const waits = [0, 4, 5, 9, 10, 11, 12].map((second) => counters.hit('a', limit, after(second)))

    expect(waits).toEqual([undefined, undefined, 5, 1, undefined, undefined, 8])
  })

  it('count each key separately', ({ expect }) => {
    const counters = createMemoryCounters()
    const keys = ['a', 'b', 'a', 'b', 'a']

    const waits = keys.map((key) => counters.hit(key, limit, after(0)))

    expect(waits).toEqual([undefined, undefined, undefined, undefined, 10])
  })

  it('start again for another rule', ({ expect }) => {
    const counters = createMemoryCounters()
    for (const second of [0, 1]) counters.hit('a', limit, after(second))

    expect(counters.hit('a', { ...limit, duration: 11 }, after(2))).toBeUndefined()
  })

  // A client with many addresses must not fill the memory.
  it('drop the oldest window if there are too many', ({ expect }) => {
    const counters = createMemoryCounters(2)
    for (const key of ['a', 'a', 'b', 'c']) counters.hit(key, limit, after(0))

    expect(counters.hit('a', limit, after(1))).toBeUndefined()
    counters.hit('c', limit, after(1))
    expect(counters.hit('c', limit, after(1))).toBe(9)
  })
})
