import fc from 'fast-check'
import { describe, it } from 'vitest'
import { recordBodyOf } from '#http/body/record-body.ts'
import type { Upload } from '#http/body/upload.ts'

function form(...entries: (readonly [string, string | Upload])[]): ReturnType<typeof recordBodyOf> {
  return recordBodyOf({ kind: 'form', entries })
}

function json(text: string): ReturnType<typeof recordBodyOf> {
  return recordBodyOf({ kind: 'json', text })
}

describe('the data of a body', () => {
  it('is empty without one', ({ expect }) => {
    expect(recordBodyOf({ kind: 'empty' })).toEqual({ data: {}, files: new Map() })
  })

  it('is empty for null', ({ expect }) => {
    expect(json('null').data).toEqual({})
  })

  it.for(['[1]', '12', '"x"', 'true', '{"a":', '{} x', ''])(
    'is refused for %j',
    (text, { expect }) => {
      expect(() => json(text)).toThrow(SyntaxError)
    },
  )

  it('has one value for a key of a form, or a list when the key repeats', ({ expect }) => {
    const { data } = form(['a', '1'], ['b', 'x'], ['b', 'true'], ['c[d]', '2'])

    expect(data).toEqual({ a: 1, b: ['x', true], 'c[d]': 2 })
  })

  it('prefers JSON payloads to plain values, the last one first', ({ expect }) => {
    const { data } = form(
      ['@jsonPayload', '{"a":"1","b":[1]}'],
      ['a', '7'],
      ['c', 'x'],
      ['@jsonPayload', '{"b":null}'],
    )

    expect(data).toEqual({ a: '1', b: null, c: 'x' })
  })

  it.for(['{"a"', '[1]', '', '{}x', '1'])('rejects %j as JSON payload', (payload, { expect }) => {
    expect(() => form(['@jsonPayload', payload])).toThrow(SyntaxError)
  })

  it('treats null as an empty JSON payload', ({ expect }) => {
    expect(form(['a', '1'], ['@jsonPayload', 'null']).data).toEqual({ a: 1 })
  })

  it('keeps files separate, in order', ({ expect }) => {
    const upload = { token: 't', sizeBytes: 0, head: new Uint8Array(), content: { chunks: [] } }
    const first = { ...upload, name: '1.txt' }
    const second = { ...upload, name: '2.txt' }

    const { data, files } = form(['doc', first], ['doc', 'old.txt'], ['doc', second])

    expect(data).toEqual({ doc: 'old.txt' })
    expect(files.get('doc')).toEqual([first, second])
  })

  // Assigning this key in a plain object would replace its prototype.
  it.for([
    ['JSON', () => json('{"__proto__":{"isAdmin":true},"a":1}')],
    ['a form', () => form(['__proto__', 'x'], ['a', '1'])],
    ['a JSON payload', () => form(['@jsonPayload', '{"__proto__":{"isAdmin":true},"a":1}'])],
  ] as const)(
    'has a member for every name and inherits nothing, from %s',
    ([, read], { expect }) => {
      const { data } = read()

      expect(Object.keys(data).toSorted()).toEqual(['__proto__', 'a'])
      expect(Object.getPrototypeOf(data)).toBe(null)
    },
  )

  it('is an object or a syntax error for any form', ({ expect }) => {
    const key = fc.oneof(fc.string(), fc.constantFrom('@jsonPayload', '__proto__', 'constructor'))
    const value = fc.oneof(fc.string(), fc.json())
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value)), (entries) => {
        try {
          expect(form(...entries).data).toBeTypeOf('object')
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError)
        }
      }),
    )
  })
})
