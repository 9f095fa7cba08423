import fc from 'fast-check'
import { describe, it } from 'vitest'
import { inferValue } from '#go-compat/infer-value.ts'

describe('a form value', () => {
  it.for([
    ['12', 12],
    ['-1.5', -1.5],
    ['0', 0],
    ['-0', -0],
    ['0.0000001', 1e-7],
    ['100000000000000000000000', 1e23],
    ['true', true],
    ['false', false],
  ] as const)('%j gets the type it looks like', ([text, value], { expect }) => {
    expect(inferValue(text)).toBe(value)
  })

  // Each of these would change if it became a number.
  it.for([
    '',
    ' ',
    '007',
    '00',
    '1.0',
    '5.',
    '.5',
    '-.5',
    '1e3',
    '+1',
    '-',
    '--1',
    '1-2',
    '1..2',
    '12345678901234567890',
    '9007199254740993',
    '9'.repeat(400),
    'True',
    ' 1',
    'NaN',
    'Infinity',
  ])('%j stays a text', (text, { expect }) => {
    expect(inferValue(text)).toBe(text)
  })

  it('that became a number has the same digits', ({ expect }) => {
    fc.assert(
      fc.property(fc.integer(), (number) => {
        expect(inferValue(String(number))).toBe(number)
      }),
    )
  })

  // A small form could otherwise keep an isolate busy for minutes.
  it('of a million digits costs no more than reading it', ({ expect }) => {
    const text = `1${'0'.repeat(1_000_000)}1`
    const start = performance.now()

    expect(inferValue(text)).toBe(text)
    expect(performance.now() - start).toBeLessThan(1000)
  })
})
