import { describe, it } from 'vitest'
import type { Answer, Json } from '../../parity/client.ts'
import { type Comparison, compare } from '../../parity/compare.ts'
import { Correspondence } from '../../parity/correspondence.ts'

function answer(json: Json, { status = 200, headers = {} }: Partial<Answer> = {}): Answer {
  return { status, headers, text: JSON.stringify(json), json }
}

/** The differences of two bodies, as `kind at`. */
function placesOf(left: Json, right: Json, options: Partial<Comparison> = {}): string[] {
  const comparison = { correspondence: new Correspondence(), ...options }
  return compare(answer(left), answer(right), comparison).map(({ kind, at }) => `${kind} ${at}`)
}

describe('two responses', () => {
  const comparison = { correspondence: new Correspondence() }

  it('of different status are compared no further', ({ expect }) => {
    const differences = compare(answer({ a: 1 }), answer({ a: 2 }, { status: 400 }), comparison)

    expect(differences).toEqual([{ kind: 'status', at: '', left: '200', right: '400' }])
  })

  it.for([
    ['the media type', { 'content-type': 'text/html' }, { 'content-type': 'text/plain' }],
    ['where to go', { location: '/a' }, { location: '/b' }],
    ['what is missing', { 'x-frame-options': 'SAMEORIGIN' }, {}],
    ['the presence of an etag', { etag: '"a"' }, {}],
  ] as const)('differ in their headers: %s', ([, left, right], { expect }) => {
    const found = compare(answer({}, { headers: left }), answer({}, { headers: right }), comparison)

    expect(found.map(({ kind, at }) => [kind, at])).toEqual([['header', Object.keys(left)[0]]])
  })

  it.for([
    [
      'the parameters of the media type',
      { 'content-type': 'application/json' },
      { 'content-type': 'application/json; charset=utf-8' },
    ],
    ['the order and case of Vary', { vary: 'Origin, Accept' }, { vary: 'accept,origin' }],
    ['the value of an etag', { etag: '"a"' }, { etag: '"b"' }],
    ['headers that no client acts on', { 'x-request-id': 'a' }, {}],
  ] as const)('do not differ by %s', ([, left, right], { expect }) => {
    const found = compare(answer({}, { headers: left }), answer({}, { headers: right }), comparison)

    expect(found).toEqual([])
  })

  it('without JSON are compared as strings', ({ expect }) => {
    const page = (text: string): Answer => ({ status: 200, headers: {}, text, json: undefined })

    expect(compare(page('a'), page('a'), comparison)).toEqual([])
    expect(compare(page('a'), page('b'), comparison)).toEqual([
      { kind: 'body', at: '$', left: 'a', right: 'b' },
    ])
  })
})

describe('two bodies', () => {
  it.for<[name: string, left: Json, right: Json, places: string[]]>([
    ['nothing', { a: [1, { b: null }] }, { a: [1, { b: null }] }, []],
    ['a value', { a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, ['body $.a[1].b']],
    ['a type', { a: '1' }, { a: 1 }, ['body $.a']],
    ['null and nothing', { a: null }, {}, ['body $.a']],
    ['a key that one lacks', {}, { 'a b': 1 }, ['body $["a b"]']],
    ['the length of a list', { a: [1] }, { a: [1, 2] }, ['body $.a[1]']],
    ['the order of a list', [1, 2], [2, 1], ['body $[0]', 'body $[1]']],
    ['the order of shared keys', { a: 1, b: 2 }, { b: 2, c: 3, a: 1 }, ['body $.c', 'order $']],
    ['a list and an object', { a: [] }, { a: {} }, ['body $.a']],
  ])('differ in %s', ([, left, right, places], { expect }) => {
    expect(placesOf(left, right)).toEqual(places)
  })

  it.for<[name: string, left: Json, right: Json, places: string[]]>([
    [
      'after a marker that both share',
      { message: 'Failed. Raw error: near "x"' },
      { message: 'Failed. Raw error: unknown' },
      ['text $.message'],
    ],
    [
      'of a pattern that no compiler takes',
      { code: 'validation_invalid_regex', message: 'missing )' },
      { code: 'validation_invalid_regex', message: 'Unterminated group' },
      ['text $.message'],
    ],
    [
      'but not before the marker',
      { message: 'Failed. Raw error: x' },
      { message: 'Refused. Raw error: x' },
      ['body $.message'],
    ],
    [
      'but not where only one has the marker',
      { message: 'Failed. Raw error: x' },
      { message: 'Failed.' },
      ['body $.message'],
    ],
    [
      'but not of another code',
      { code: 'validation_invalid_regex', message: 'a' },
      { code: 'validation_required', message: 'b' },
      ['body $.code', 'body $.message'],
    ],
  ])('may each have words of their own %s', ([, left, right, places], { expect }) => {
    expect(placesOf(left, right)).toEqual(places)
  })

  it('agree on references in whatever order they are listed', ({ expect }) => {
    const message = (names: string) => ({ message: `There is an existing reference in ${names}.` })

    expect(placesOf(message('a, b'), message('b, a'))).toEqual([])
    expect(placesOf(message('a, b'), message('a, c'))).toEqual(['body $.message'])
  })
})

describe('a list whose request leaves the order open', () => {
  const a = { id: 'a', n: 1 }
  const b = { id: 'b', n: 1 }
  const c = { id: 'c', n: 1 }

  it('is compared item by item, by id', ({ expect }) => {
    const options = { isUnordered: true }
    const found = placesOf({ items: [a, b] }, { items: [b, { ...a, n: 2 }] }, options)

    expect(found).toEqual(['body $.items[0].n'])
  })

  it('shows items that only one of them has', ({ expect }) => {
    const found = placesOf({ items: [a, b] }, { items: [b, c] }, { isUnordered: true })

    expect(found).toEqual(['body $.items[0].id'])
  })

  it('keeps the order of other lists', ({ expect }) => {
    const found = placesOf(
      { items: [], more: [1, 2] },
      { items: [], more: [2, 1] },
      { isUnordered: true },
    )

    expect(found).toEqual(['body $.more[0]', 'body $.more[1]'])
  })

  it('may be that of the rows of a view that refer to a record', ({ expect }) => {
    const views = new Set(['sights'])
    const expanded = (name: string, rows: Json[]) => ({
      items: [{ id: 'x', expand: { [name]: rows } }],
    })
    const compared = (name: string) =>
      placesOf(expanded(name, [a, b]), expanded(name, [b, a]), { views })

    expect(compared('sights_via_x')).toEqual([])
    expect(compared('tables_via_x')).toHaveLength(2)
    expect(compared('sights')).toHaveLength(2)
  })
})
