import { describe, it } from 'vitest'
import { isBalanced, tokenizeSql } from '#kernel/sql-tokens.ts'

const values = (text: string) => tokenizeSql(text)?.map(({ kind, value }) => [kind, value])

describe('tokenizeSql', () => {
  it.for([
    { name: 'strings', text: `'it''s'`, token: ['string', "it's"] },
    { name: 'double quotes', text: '"a""b"', token: ['name', 'a"b'] },
    { name: 'backticks', text: '`a``b`', token: ['name', 'a`b'] },
    { name: 'brackets', text: '[a b]', token: ['name', 'a b'] },
    { name: 'words of any script', text: 'größe$1', token: ['word', 'größe$1'] },
    { name: 'decimals', text: '.5e-3', token: ['number', '.5e-3'] },
    { name: 'hexadecimals', text: '0xFF', token: ['number', '0xFF'] },
    { name: 'blobs', text: "x'0f'", token: ['number', "x'0f'"] },
    { name: 'parameters', text: '?12', token: ['parameter', '?12'] },
    { name: 'named parameters', text: ':id', token: ['parameter', ':id'] },
    { name: 'long operators', text: '->>', token: ['symbol', '->>'] },
  ])('reads $name', ({ text, token }, { expect }) => {
    expect(values(text)).toEqual([token])
  })

  it('leaves out comments, but not inside quotes', ({ expect }) => {
    const text = `a -- b'\n /* c " */ '--d' "/*e" /**/ f`

    expect(values(text)?.map(([, value]) => value)).toEqual(['a', '--d', '/*e', 'f'])
  })

  it.for([
    `'open`,
    `'open''`,
    '"open',
    '`open',
    '[open',
    '/* open',
    '/*/',
    '12ab',
    'a \\ b',
    '\0',
    '\v',
    '\uFEFFselect',
    ':',
  ])('refuses %j, which SQLite would not read as we do or not at all', (text, { expect }) => {
    expect(tokenizeSql(text)).toBeUndefined()
  })

  it('returns the position of each token', ({ expect }) => {
    const text = ` a  'b' `

    const spans = tokenizeSql(text)?.map(({ start, end }) => text.slice(start, end))

    expect(spans).toEqual(['a', `'b'`])
  })
})

describe('isBalanced', () => {
  it.for([
    { text: '(a, (b))', expected: true },
    { text: `'(' a`, expected: true },
    { text: '(a', expected: false },
    { text: ')a(', expected: false },
    { text: '('.repeat(101) + ')'.repeat(101), expected: false },
  ])('says $expected of $text', ({ text, expected }, { expect }) => {
    const balanced = isBalanced(tokenizeSql(text) ?? [])

    expect(balanced).toBe(expected)
  })
})
