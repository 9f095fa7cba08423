import fc from 'fast-check'
import { describe, it } from 'vitest'
import { parseJson } from '#go-compat/json-text.ts'

function nested(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels)
}

describe('a JSON text', () => {
  it.for([
    [' {"a":"}"} ', { a: '}' }],
    ['[1,[2]]', [1, [2]]],
    ['null', null],
    ['{"a":1,"a":2}', { a: 2 }],
  ])('%j is parsed', ([text, value], { expect }) => {
    expect(parseJson(text as string)).toEqual(value)
  })

  it.for([
    ['a syntax error', '{"a":}'],
    ['an unfinished object', '{"a":1'],
    ['text after the value', '{"a":1} x'],
    ['a second value', '{"a":1}{"b":2}'],
    ['text after null', 'null and more'],
    ['only white space', '   '],
    ['a byte order mark', '\uFEFF{}'],
    ['a raw control character in a string', '{"a":"\n"}'],
    ['a number out of range', '{"a":1e400}'],
    ['a number out of range, deep inside', '{"a":[{"b":-1e999}]}'],
    ['more than a thousand levels', nested(1001)],
    ['an excess of levels', nested(200_000)],
  ])('is refused for %s', ([, text], { expect }) => {
    expect(() => parseJson(text as string)).toThrow(SyntaxError)
  })

  it('may be a thousand levels deep', ({ expect }) => {
    expect(JSON.stringify(parseJson(nested(1000)))).toBe(nested(1000))
  })

  it('holds no half of a surrogate pair', ({ expect }) => {
    expect(parseJson(String.raw`{"a":"x\ud800y","b":"\ud83d\ude00"}`)).toEqual({
      a: 'x\uFFFDy',
      b: '😀',
    })
  })

  it('is a value or a syntax error, whatever its characters', ({ expect }) => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\nul1 e-') }), (text) => {
        try {
          parseJson(text)
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError)
        }
      }),
    )
  })
})
