import fc from 'fast-check'
import { describe, it } from 'vitest'
import { filterShape } from '#filter/filter-shape.ts'
import { parseFilter } from '#filter/syntax/parse.ts'

const keyOf = (filter: string): string | undefined => filterShape(filter)?.key

describe('the shape of a filter', () => {
  it.for([
    ['other strings', `a = 'x' && b ~ "y"`, `a = "" && b ~ 'it\\'s'`],
    ['other numbers', 'n > 1 || n < -2.5', 'n > 100 || n < -.5'],
    ['other spaces and comments', `a='x'&&n>1`, `a = 'x' // why\n && n > 1`],
    ['other numbers for a function', `geoDistance(p, q, 1, 2) < 3`, `geoDistance(p, q, 4, 5) < 6`],
  ] as const)('is the same with %s', ([, one, other], { expect }) => {
    expect(keyOf(one)).toBe(keyOf(other))
  })

  it.for([
    ['a number for a string', `a = '1'`, `a = 1`],
    ['a name for a string', `a = 'b'`, `a = b`],
    ['another name', `a = 'x'`, `b = 'x'`],
    ['another sign', `a = 'x'`, `a ?= 'x'`],
    ['another join', `a = 'x' && b = 'y'`, `a = 'x' || b = 'y'`],
    ['other brackets', `(a = 1 || b = 2) && c = 3`, `a = 1 || (b = 2 && c = 3)`],
    ['a bracket behind a space', `strftime('%Y') = 1`, `strftime ('%Y') = 1`],
    ['another string for a function', `strftime('%Y') = ''`, `strftime('%d') = ''`],
    ['a string that looks like two', `strftime('a', 'b') = ''`, `strftime('a" , "b') = ''`],
    ['another constant', 'a = true', 'a = false'],
    ['one more literal', `a = 'x'`, `a = 'x' || a = 'x'`],
  ] as const)('is another with %s', ([, one, other], { expect }) => {
    expect(keyOf(one)).not.toBe(keyOf(other))
  })

  it('has the literals in order, with their values and positions', ({ expect }) => {
    const filter = `a = 'it\\'s' && (n > -1.5 || strftime('%Y', b) = "2026") && n < 1${'0'.repeat(400)}`

    expect(filterShape(filter)?.literals).toEqual([
      { value: `it's`, position: 4 },
      { value: -1.5, position: 20 },
      { value: '2026', position: 48 },
      // Too large a number is 0.
      { value: 0, position: 63 },
    ])
  })

  it.for([`a = 'x`, 'a = $', ''])('is none or empty for %j', (filter, { expect }) => {
    expect(keyOf(filter) ?? '').toBe('')
  })

  it('decides the tree except for its literals', ({ expect }) => {
    const token = fc.constantFrom(
      ...[
        'a',
        'b.c',
        '@now',
        'null',
        '=',
        '?=',
        '!~',
        '&&',
        '||',
        '(',
        ')',
        ',',
        'f(',
        'strftime(',
      ],
      ...[`'x'`, `"y"`, `''`, `'" , "'`, '1', '-2.5', '0'],
    )
    const blank = fc.constantFrom(' ', '  ', '\n')
    const filter = fc
      .array(fc.tuple(token, blank), { maxLength: 12 })
      .map((parts) => parts.flat().join(''))
    const trees = new Map<string, string>()

    fc.assert(
      fc.property(filter, (text) => {
        const key = keyOf(text)
        if (key === undefined) return
        const parsed = parseFilter(text)
        const tree = parsed.ok ? treeOf(parsed.filter) : 'an error'
        expect(trees.get(key) ?? tree).toBe(tree)
        trees.set(key, tree)
      }),
      { numRuns: 5000 },
    )
  })
})

/** A tree as JSON, without positions, and without literals that are no arguments of a function. */
function treeOf(node: unknown): string {
  return JSON.stringify(node, function replace(this: { kind?: string }, name, value: unknown) {
    if (name === 'position') return undefined
    if (name === 'value' && this.kind === 'number') return 0
    return value
  }).replaceAll(/("(?:left|right)":\{"kind":"text","text":)"(?:[^"\\]|\\.)*"/g, '$1""')
}
