import { describe, it } from 'vitest'
import { ApiError } from '#kernel/errors.ts'
import type { KeyValueStore } from '#platform/bindings.ts'
import { guardKeyValueStore } from '#platform/outages.ts'

/** Tests of all that the product expects of an empty store. */
export function describeKeyValueStore(name: string, create: () => KeyValueStore): void {
  describe(`the key-value store ${name}`, () => {
    it('keeps text by key', async ({ expect }) => {
      const store = create()
      const entries = { 'session:a/b:c': '{"x":1}', ü: 'Grüße 😀', empty: '', 'a b%?': 'x\0y' }

      for (const [key, value] of Object.entries(entries)) await store.put(key, value, later())

      for (const [key, value] of Object.entries(entries)) expect(await store.get(key)).toBe(value)
      expect(await store.get('other')).toBeNull()
      expect(await store.get('EMPTY')).toBeNull()
    })

    it('replaces a value and its metadata', async ({ expect }) => {
      const store = create()

      await store.put('a', 'one', { ...later(), metadata: { n: 1 } })
      await store.put('a', 'two', later())

      const { keys } = await store.list({ prefix: '' })
      expect(await store.get('a')).toBe('two')
      expect(keys.map(({ name: key, metadata }) => [key, metadata])).toEqual([['a', undefined]])
    })

    it('deletes a key, and no other', async ({ expect }) => {
      const store = create()
      await store.put('a', 'x', later())
      await store.put('ab', 'y', later())

      await store.delete('a')
      await store.delete('missing')

      expect([await store.get('a'), await store.get('ab')]).toEqual([null, 'y'])
    })

    it('lists keys with a prefix and their metadata, in order of their bytes', async ({
      expect,
    }) => {
      const store = create()
      const names = ['p:b', 'p:a', 'p:ü', 'p:\uFFEE', 'p:😀', 'P:a', 'q:a', 'p', 'p:A', 'p:']
      for (const key of names) await store.put(key, '', { ...later(), metadata: { key } })

      const { keys, list_complete: isComplete } = await store.list({ prefix: 'p:' })

      expect(keys.map(({ name: key, metadata }) => ({ name: key, metadata }))).toEqual(
        ['p:', 'p:A', 'p:a', 'p:b', 'p:ü', 'p:\uFFEE', 'p:😀'].map((key) => ({
          name: key,
          metadata: { key },
        })),
      )
      expect(isComplete).toBe(true)
    })

    it.for(['p_', 'p%', 'p*', 'p?', 'p[a]', `p'`, 'p\\'])(
      'lists by the prefix %s without wildcards',
      async (prefix, { expect }) => {
        const store = create()
        for (const key of [`${prefix}x`, 'pax', 'p-x']) await store.put(key, '', later())

        const { keys } = await store.list({ prefix })

        expect(keys.map(({ name: key }) => key)).toEqual([`${prefix}x`])
      },
    )

    it('lists more than a thousand keys in pages', async ({ expect }) => {
      const store = create()
      const names = Array.from({ length: 1201 }, (_, i) => `k:${String(i).padStart(5, '0')}`)
      for (let at = 0; at < names.length; at += 50) {
        await Promise.all(names.slice(at, at + 50).map((key) => store.put(key, '', later())))
      }

      const found: string[] = []
      const pages: number[] = []
      for (let cursor: string | undefined, isComplete = false; !isComplete;) {
        const page = await store.list({ prefix: 'k:', ...(cursor === undefined ? {} : { cursor }) })
        found.push(...page.keys.map(({ name: key }) => key))
        pages.push(page.keys.length)
        ;({ cursor, list_complete: isComplete } = page)
      }

      expect(found).toEqual(names)
      expect(pages).toEqual([1000, 201])
    })

    it('refuses what Cloudflare refuses, and calls it no outage', async ({ expect }) => {
      const store = guardKeyValueStore(create())
      const soon = Math.floor(Date.now() / 1000) + 30
      const calls = [
        () => store.put('a', 'x', { expiration: soon }),
        () => store.put('a', 'x', { expiration: soon - 1000 }),
        () => store.put('x'.repeat(513), 'x', later()),
        () => store.put('', 'x', later()),
        () => store.put('a', 'x', { ...later(), metadata: { text: 'x'.repeat(1024) } }),
      ]

      for (const [number, call] of calls.entries()) {
        // A call may also throw at once.
        const error = await (async () => await call())().then(
          () => undefined,
          (failure: unknown) => failure,
        )
        expect(error, `call ${number}`).toBeInstanceOf(Error)
        expect(error, `call ${number}`).not.toBeInstanceOf(ApiError)
      }
      expect(await store.get('a')).toBeNull()
    })
  })
}

function later(): { expiration: number } {
  return { expiration: Math.floor(Date.now() / 1000) + 3600 }
}
