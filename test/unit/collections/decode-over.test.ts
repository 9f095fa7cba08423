import { describe, it } from 'vitest'
import { z } from 'zod'
import { decodeOver, zeroOf } from '#collections/decode-over.ts'
import { namedValues } from '#kernel/named-values.ts'

const shape = z.object({
  name: z.string(),
  rule: z.string().nullable(),
  limits: z.object({ count: z.int(), isOn: z.boolean() }),
  items: z.array(z.object({ id: z.string(), secret: z.string() })),
  extra: namedValues(z.unknown()).nullable(),
})

const stored = {
  name: 'before',
  rule: 'id = 1',
  limits: { count: 3, isOn: true },
  items: [
    { id: 'a', secret: 's1' },
    { id: 'b', secret: 's2' },
  ],
  extra: { kept: 1, changed: 1 },
}

describe('decodeOver', () => {
  const cases = [
    { name: 'keeps what is not mentioned', submitted: {}, change: {} },
    { name: 'ignores keys it does not know', submitted: { other: 1 }, change: {} },
    {
      name: 'merges objects',
      submitted: { limits: { count: 4 } },
      change: { limits: { count: 4, isOn: true } },
    },
    {
      name: 'treats null as no change of strings and objects',
      submitted: { name: null, limits: null },
      change: {},
    },
    {
      name: 'accepts null as a value of a nullable',
      submitted: { rule: null },
      change: { rule: null },
    },
    { name: 'empties a list by null', submitted: { items: null }, change: { items: [] } },
    {
      name: 'merges the elements of a list by position, and cuts it to the length submitted',
      submitted: { items: [{ id: 'c' }] },
      change: { items: [{ id: 'c', secret: 's1' }] },
    },
    {
      name: 'starts an element past the stored ones blank',
      submitted: { items: [{}, {}, { id: 'c' }] },
      change: { items: [...stored.items, { id: 'c', secret: '' }] },
    },
    {
      name: 'merges a map one level deep',
      submitted: { extra: { changed: 2, added: { deep: true } } },
      change: { extra: { kept: 1, changed: 2, added: { deep: true } } },
    },
    { name: 'clears a map by null', submitted: { extra: null }, change: { extra: null } },
  ]

  it.for(cases)('$name', ({ submitted, change }, { expect }) => {
    expect(decodeOver(shape, stored, submitted)).toEqual({ ...stored, ...change })
  })

  it.for([
    { name: 5 },
    { rule: 5 },
    { limits: 5 },
    { limits: { count: 1.5 } },
    { limits: { isOn: 'true' } },
    { items: {} },
    { items: [5] },
    { extra: [] },
  ])('refuses the wrong JSON type in %j', (submitted, { expect }) => {
    expect(() => decodeOver(shape, stored, submitted)).toThrow(z.ZodError)
  })
})

it('returns the zero value of a shape', ({ expect }) => {
  expect(zeroOf(shape)).toEqual({
    name: '',
    rule: null,
    limits: { count: 0, isOn: false },
    items: [],
    extra: null,
  })
})
