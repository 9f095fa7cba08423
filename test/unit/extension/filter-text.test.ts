import fc from 'fast-check'
import { describe, it } from 'vitest'
import { filterText } from '#extension/filter-text.ts'
import { parseFilter } from '#filter/syntax/parse.ts'

describe('a filter with placeholders', () => {
  it('holds any text as one literal', ({ expect }) => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (first, second) => {
        const filter = filterText({
          filter: 'a = {:first} && b = {:second}',
          params: { first, second },
        })
        const parsed = parseFilter(filter)

        expect(parsed).toMatchObject({
          ok: true,
          filter: {
            nodes: [
              { right: { kind: 'text', text: first } },
              { right: { kind: 'text', text: second } },
            ],
          },
        })
      }),
    )
  })

  it('does not fill a placeholder inside of a value', ({ expect }) => {
    const filter = filterText({
      filter: 'a = {:a} && b = {:b}',
      params: { a: '{:b}', b: "' || 1=1" },
    })

    expect(filter).toBe(String.raw`a = '{:b}' && b = '\' || 1=1'`)
  })

  it.for<{ name: string; params: Record<string, number> }>([
    { name: 'a missing value', params: {} },
    { name: 'a number without a literal', params: { a: Number.NaN } },
    { name: 'a number with an exponent', params: { a: 1e300 } },
  ])('refuses $name', ({ params }, { expect }) => {
    expect(() => filterText({ filter: 'a = {:a}', params })).toThrow(RangeError)
  })

  it.for([
    { value: 1.5, text: '1.5' },
    { value: true, text: 'true' },
    { value: null, text: 'null' },
    { value: new Date(0), text: "'1970-01-01 00:00:00.000Z'" },
    { value: { a: 1 }, text: `'{"a":1}'` },
  ])('writes $value as $text', ({ value, text }, { expect }) => {
    expect(filterText({ filter: '{:v}', params: { v: value } })).toBe(text)
  })
})
