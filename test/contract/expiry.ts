import { afterEach, describe, it, vi } from 'vitest'
import type { KeyValueStore } from '#platform/bindings.ts'

/** Tests of when entries end, for a store in this process. */
export function describeExpiry(name: string, create: () => KeyValueStore): void {
  describe(`the key-value store ${name}`, () => {
    afterEach(() => {
      vi.useRealTimers()
    })

    it('forgets an entry at its expiration', async ({ expect }) => {
      const store = create()
      vi.useFakeTimers({ toFake: ['Date'], now: new Date('2030-01-01T00:00:00Z') })
      const now = Date.now() / 1000
      await store.put('short', 'x', { expiration: now + 100 })
      await store.put('long', 'x', { expiration: now + 1000 })
      await store.put('renewed', 'x', { expiration: now + 100 })
      await store.put('renewed', 'y', { expiration: now + 1000 })
      vi.setSystemTime((now + 99) * 1000)
      const before = await store.get('short')

      vi.setSystemTime((now + 100) * 1000)

      const { keys } = await store.list({ prefix: '' })
      expect(keys.map(({ name: key }) => key)).toEqual(['long', 'renewed'])
      expect([before, await store.get('short'), await store.get('renewed')]).toEqual([
        ...['x', null, 'y'],
      ])
    })
  })
}
