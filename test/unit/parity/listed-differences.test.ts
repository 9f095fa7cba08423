import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import type { Difference } from '../../parity/compare.ts'
import { areas } from '../../parity/corpus/areas.ts'
import { type Place, parseListedDifferences } from '../../parity/listed-differences.ts'

const place: Place = { method: 'GET', path: '/api/x/records', scenario: 'area: a story' }

function covers(
  where: string,
  answer: string,
  difference: Partial<Difference>,
  at = place,
): boolean {
  const [row] = parseListedDifferences(`| \`id\` | ${where} | ${answer} | A reason. |`)
  return row?.covers(at, { kind: 'body', at: '$', left: '', right: '', ...difference }) === true
}

describe('the request of a row', () => {
  it.for([
    ['`GET /api/x/records`', true],
    ['`* /api/x/records`', true],
    ['`POST /api/x/records`', false],
    ['`GET /api/*/records`', true],
    ['`GET /api/*`', false],
    ['`GET /api/**`', true],
    ['`GET /api/x`', false],
    ['`POST /api/x` `GET /api/x/records`', true],
    ['`scenario: area: a story`', true],
    ['`scenario: area:*`', true],
    ['`scenario: area`', false],
  ] as const)('%s covers the place: %s', ([where, isCovered], { expect }) => {
    expect(covers(where, '`body **`', {})).toBe(isCovered)
  })
})

describe('the answer of a row', () => {
  it.for<[answer: string, difference: Partial<Difference>, isCovered: boolean]>([
    ['`body $.a`', { at: '$.a' }, true],
    ['`body $.a`', { at: '$.a.b' }, false],
    ['`body $.*`', { at: '$.a' }, true],
    ['`body $.*`', { at: '$.a.b' }, false],
    ['`body $.**`', { at: '$.a.b' }, true],
    ['`body $.items[*].a`', { at: '$.items[12].a' }, true],
    ['`order $.a`', { at: '$.a' }, false],
    ['`text $.a` or `body $.a`', { at: '$.a' }, true],
    ['`header x-*`', { kind: 'header', at: 'x-frame-options' }, true],
    ['`status`', { kind: 'status', left: '200', right: '400' }, true],
    ['`status 200 -> 400`', { kind: 'status', left: '200', right: '400' }, true],
    ['`status 400 -> 200`', { kind: 'status', left: '200', right: '400' }, false],
    ['`status`', { kind: 'body' }, false],
  ])('%s covers %j: %s', ([answer, difference, isCovered], { expect }) => {
    expect(covers('`* /**`', answer, difference)).toBe(isCovered)
  })
})

describe('the table', () => {
  it('is found between other text, with escaped bars in its cells', ({ expect }) => {
    const rows = parseListedDifferences(
      [
        '| id | request | answer | reason |',
        '| --- | --- | --- | --- |',
        '| `a` | `GET /a` | `body $` | One \\| two. |',
        'A word in between.',
        '| `b` | `GET /b` | `body $` | Three. |',
      ].join('\n'),
    )

    expect(rows.map(({ id, reason }) => [id, reason])).toEqual([
      ['a', 'One | two.'],
      ['b', 'Three.'],
    ])
  })

  it.for([
    ['an empty cell', '| `a` | | `body $` | Why. |'],
    ['no reason', '| `a` | `GET /a` | `body $` | |'],
    ['a cell without code', '| `a` | GET /a | `body $` | Why. |'],
    ['an unknown kind', '| `a` | `GET /a` | `words $` | Why. |'],
    ['an id twice', '| `a` | `GET /a` | `body $` | Why. |\n| `a` | `GET /b` | `body $` | Why. |'],
  ] as const)('is refused with %s', ([, text], { expect }) => {
    expect(() => parseListedDifferences(text)).toThrow(Error)
  })
})

describe('docs/differences.md', async () => {
  const text = await readFile(join(import.meta.dirname, '../../../docs/differences.md'), 'utf8')

  it('can be read', ({ expect }) => {
    expect(parseListedDifferences(text).length).toBeGreaterThan(10)
  })

  it('names scenarios that are there', ({ expect }) => {
    const names = areas.flatMap(({ scenarios }) => scenarios.map(({ name }) => name))
    const listed = [...text.matchAll(/^\|.*`scenario: ([^`*]+)`/gm)].map(([, name = '']) => name)

    expect(listed.filter((name) => !names.includes(name))).toEqual([])
  })
})
