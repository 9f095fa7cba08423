import fc from 'fast-check'
import { describe, it } from 'vitest'
import { parseProjection, project } from '#http/projection.ts'
import { ApiError } from '#kernel/errors.ts'

const record = {
  title: '<p>Hello <b>wor</b>ld</p>',
  id: 'x1',
  n: 5,
  j: [{ d: 3, a: { c: 2, b: 1 } }, { a: 1 }],
  empty: [],
  mixed: ['x', { a: 1 }],
}

async function fieldsOf(value: unknown, fields: string): Promise<unknown> {
  return await project(value, parseProjection(fields))
}

describe('a projection', () => {
  it.for([
    ['id', { id: 'x1' }],
    [' id , n ', { id: 'x1', n: 5 }],
    ['a,,id', { id: 'x1' }],
    ['zzz', {}],
    ['"id"', {}],
    ['id.x', { id: 'x1' }],
    ['j.a', { j: [{ a: { b: 1, c: 2 } }, { a: 1 }] }],
    ['j.a.b', { j: [{ a: { b: 1 } }, { a: 1 }] }],
    ['j.*,id', { id: 'x1', j: record.j }],
    ['j.a,j', { j: record.j }],
    ['mixed.a,empty.a', { empty: [], mixed: record.mixed }],
    ['*', record],
    ['*,j.a.b', { ...record, j: [{ a: { b: 1 } }, { a: 1 }] }],
    [',', record],
    [' ', record],
    ['title:excerpt(5)', { title: 'Hello' }],
    ['title:excerpt(5,true)', { title: 'Hello...' }],
    ['title: excerpt( 5 , 1 )', { title: 'Hello...' }],
    ['title:excerpt(5,zz)', { title: 'Hello' }],
    ['n:excerpt(3),j:excerpt(3)', { j: record.j, n: 5 }],
    ['id,id:excerpt(1)', { id: 'x' }],
    ['id:excerpt(1),id', { id: 'x1' }],
    ['*:excerpt(1),n', { ...record, id: 'x', title: 'H' }],
  ] as const)('on %j keeps what it names', async ([fields, picked], { expect }) => {
    expect(await fieldsOf(record, fields)).toEqual(picked)
  })

  it('has its keys in alphabetical order, on every level', async ({ expect }) => {
    expect(JSON.stringify(await fieldsOf({ b: { y: [{ d: 1, c: 2 }], x: 1 }, a: 0 }, '*'))).toBe(
      '{"a":0,"b":{"x":1,"y":[{"c":2,"d":1}]}}',
    )
  })

  it('can name keys with dots', async ({ expect }) => {
    const value = { 'a.b': { c: 1, d: 2 }, a: { 'b.c': 3, d: 4 } }

    expect(await fieldsOf(value, 'a.b.c')).toEqual({ 'a.b': { c: 1 }, a: { 'b.c': 3 } })
  })

  it('can name keys that every object inherits', async ({ expect }) => {
    const value: unknown = JSON.parse('{"__proto__":{"a":1,"b":2},"constructor":1,"x":1}')

    expect(JSON.stringify(await fieldsOf(value, '__proto__.a,constructor,toString'))).toBe(
      '{"__proto__":{"a":1},"constructor":1}',
    )
  })

  it('has at most 500 paths', ({ expect }) => {
    const paths = (count: number): string => Array.from({ length: count }, (_, i) => `k${i}`).join()

    expect(() => parseProjection(paths(500))).not.toThrow()
    expect(() => parseProjection(paths(501))).toThrow('more than 500 paths')
  })

  it('may have a path of any depth', async ({ expect }) => {
    expect(await fieldsOf(record, `${'j.'.repeat(50_000)}a,id`)).toEqual({ id: 'x1', j: [{}, {}] })
  })

  it('applies to the items of a page and keeps the page whole', async ({ expect }) => {
    const page = { items: [record, record], page: 1, perPage: 30, totalItems: 2, totalPages: 1 }

    expect(await fieldsOf(page, 'id')).toEqual({ ...page, items: [{ id: 'x1' }, { id: 'x1' }] })
    expect(await fieldsOf(page, 'items.id')).toEqual({ ...page, items: [{}, {}] })
  })

  it('applies to every element of a plain list', async ({ expect }) => {
    expect(await fieldsOf([record, { id: 'x2' }], 'id')).toEqual([{ id: 'x1' }, { id: 'x2' }])
  })

  it.for([
    'a:',
    'a:foo(1)',
    'a:excerpt',
    'a:excerpt()',
    'a:excerpt(0)',
    'a:excerpt(-3)',
    'a:excerpt(x)',
    'a:excerpt(1,2,3)',
    'a:excerpt(5',
    '"a',
    "'",
    'a:excerpt(1e999)',
  ])('on %j is refused', (fields, { expect }) => {
    expect(() => parseProjection(fields)).toThrow(ApiError)
  })

  it('of any value on any fields is a value, or is rejected', async ({ expect }) => {
    const fields = fc.string({ unit: fc.constantFrom(...'ab.*,:("\')', 'excerpt(3)', ' ') })
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fields, async (value, text) => {
        try {
          await fieldsOf(value, text)
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError)
        }
      }),
    )
  })

  it('on * changes nothing but the order', async ({ expect }) => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        expect(await fieldsOf(value, '*')).toEqual(value)
      }),
    )
  })
})
