import { describe, it } from 'vitest'
import { decodePage, encodePage } from '#backups/archive-rows.ts'
import { encodeValue, type StoredValue } from '#transfer/stored-value.ts'

const values: readonly StoredValue[] = [
  null,
  '',
  'null',
  0,
  '0',
  1,
  '1',
  0.5,
  1e300,
  Infinity,
  -Infinity,
  'Infinity',
  '9e999',
  2n ** 53n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  '9007199254740993',
  { blob: '' },
  { blob: '00FF' },
  { text: '00FF' },
  '00FF',
  '{"blob":"00FF"}',
  'a\0b',
  '\uFEFFa',
  '\uFFFD',
]

describe('a value in an archive', () => {
  it('survives a round trip, including its type', ({ expect }) => {
    const rows = values.map((value, at) => ({ rowId: BigInt(at), values: { id: `r${at}`, value } }))

    expect(decodePage(encodePage(rows))).toEqual(rows)
  })

  it('has a unique encoding', ({ expect }) => {
    expect(new Set(values.map(encodeValue)).size).toBe(values.length)
  })

  it('may be bytes in the format of earlier versions', ({ expect }) => {
    expect(decodePage('["id"]\n[1,[0,255]]\n')).toEqual([
      { rowId: 1n, values: { id: { blob: '00FF' } } },
    ])
  })

  it.for(['true', '{"blob":"0"}', '{"blob":"zz"}', '{"text":1}', '{}', '[256]', '["a"]', '[[0]]'])(
    'is never %s',
    (text, { expect }) => {
      expect(() => decodePage(`["id"]\n[1,${text}]\n`)).toThrow(SyntaxError)
    },
  )
})
