import fc from 'fast-check'
import { describe, it } from 'vitest'
import { parseFirstJson, parseJson } from '#go-compat/json-text.ts'

function nested(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels)
}

describe('the first JSON value', () => {
  it.for([
    ['{"a":1} trailing', { a: 1 }],
    ['{"a":1}{"b":2}', { a: 1 }],
    ['{"a":"}"}}', { a: '}' }],
    ['{"a":"\\"}"} x', { a: '"}' }],
    ['  [1,[2]] ]', [1, [2]]],
    ['null and more', null],
    ['{"a":1,"a":2}', { a: 2 }],
  ])('of %j is read, what follows is ignored', ([text, value], { expect }) => {
    expect(parseFirstJson(text as string)).toEqual(value)
  })

  it.for([
    ['a syntax error', '{"a":}'],
    ['an unfinished object', '{"a":1'],
    ['only white space', '   '],
    ['a byte order mark', '\uFEFF{}'],
    ['a raw control character in a string', '{"a":"\n"}'],
    ['a number out of range', '{"a":1e400}'],
    ['a number out of range, deep inside', '{"a":[{"b":-1e999}]}'],
    ['more than a thousand levels', nested(1001)],
    ['an excess of levels', nested(200_000)],
  ])('is refused for %s', ([, text], { expect }) => {
    expect(() => parseFirstJson(text as string)).toThrow(SyntaxError)
  })

  it('may be a thousand levels deep', ({ expect }) => {
    expect(JSON.stringify(parseFirstJson(nested(1000)))).toBe(nested(1000))
  })

  it('holds no half of a surrogate pair', ({ expect }) => {
    expect(parseFirstJson(String.raw`{"a":"x\ud800y","b":"\ud83d\ude00"}`)).toEqual({
      a: 'x\uFFFDy',
      b: '😀',
    })
  })

  it('is all that a strict reader accepts', ({ expect }) => {
    expect(() => parseJson('{} x')).toThrow(SyntaxError)
  })

  it('is found in front of any text', ({ expect }) => {
    const object = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true })
    fc.assert(
      fc.property(object, fc.string(), (value, tail) => {
        const text = JSON.stringify(value)

        expect(JSON.stringify(parseFirstJson(`${text}}${tail}`))).toBe(
          JSON.stringify(JSON.parse(text)),
        )
      }),
    )
  })

  it('of any text is a value or a syntax error', ({ expect }) => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\nul1 e-') }), (text) => {
        try {
          parseFirstJson(text)
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError)
        }
      }),
    )
  })
})
