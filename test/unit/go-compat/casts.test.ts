import { describe, it } from 'vitest'
import { toBool, toNumber, toText, toTextList } from '#go-compat/casts.ts'

describe('toText', () => {
  it.for([
    ['a b', 'a b'],
    [1.5, '1.5'],
    [1e21, '1000000000000000000000'],
    [1.25e22, '12500000000000000000000'],
    [1e-7, '0.0000001'],
    [-1.5e-7, '-0.00000015'],
    [-0, '-0'],
    [true, 'true'],
    [null, ''],
    [['a'], ''],
    [{ a: 1 }, ''],
  ] as const)('of %j is %j', ([value, expected], { expect }) => {
    expect(toText(value)).toBe(expected)
  })
})

describe('toNumber', () => {
  it.for([
    [5, 5],
    [true, 1],
    ['+7', 7],
    ['.5', 0.5],
    ['5.', 5],
    ['-.5e-3', -0.0005],
    ['1E3', 1000],
    ['Infinity', Infinity],
    ['-inf', -Infinity],
    ['NaN', NaN],
    ['0x10', 0],
    ['0x1p4', 0],
    ['1_000', 0],
    ['1e400', 0],
    [' 1', 0],
    ['.', 0],
    ['', 0],
    ['abc', 0],
    [null, 0],
    [['1'], 0],
  ] as const)('of %j is %d', ([value, expected], { expect }) => {
    expect(toNumber(value)).toBe(expected)
  })
})

describe('toBool', () => {
  it.for([true, 1, -0.5, '1', 't', 'T', 'TRUE', 'true', 'True'])(
    'of %j is true',
    (value, { expect }) => {
      expect(toBool(value)).toBe(true)
    },
  )

  it.for([false, 0, '', 'yes', 'on', 'tRUE', '2', null, [1], {}])(
    'of %j is false',
    (value, { expect }) => {
      expect(toBool(value)).toBe(false)
    },
  )
})

describe('toTextList', () => {
  it.for([
    [null, []],
    ['', []],
    ['a', ['a']],
    [5, ['5']],
    [true, ['true']],
    [
      ['b', 'a', 'b', '', null, 1.5],
      ['b', 'a', '1.5'],
    ],
    [['a', ['b']], []],
    [['a', {}], []],
    [{ a: 1 }, []],
    ['["a","b","a"]', ['a', 'b']],
    [' ["a",null]', ['a']],
    ['["a",1]', ['["a",1]']],
    ['[a]', ['[a]']],
    ['{"x":["a"]}', ['{"x":["a"]}']],
  ] as const)('of %j is %j', ([value, expected], { expect }) => {
    expect(toTextList(value)).toEqual(expected)
  })
})
