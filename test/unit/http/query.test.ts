import fc from 'fast-check'
import { describe, it } from 'vitest'
import { headerMap, queryMap, readPaging } from '#http/query.ts'
import { ApiError } from '#kernel/errors.ts'

describe('paging', () => {
  it.for([
    ['', { page: 1, perPage: 30, skipTotal: false }],
    ['page=&perPage=&skipTotal=', { page: 1, perPage: 30, skipTotal: false }],
    ['page=0&perPage=0', { page: 1, perPage: 30, skipTotal: false }],
    ['page=-3&perPage=-1', { page: 1, perPage: 30, skipTotal: false }],
    ['page=02&perPage=%2B5', { page: 2, perPage: 5, skipTotal: false }],
    ['perPage=5000&skipTotal=t', { page: 1, perPage: 1000, skipTotal: true }],
    ['page=2&page=x&skipTotal=True', { page: 2, perPage: 30, skipTotal: true }],
  ] as const)('of %j is read as Go reads it', ([query, paging], { expect }) => {
    expect(readPaging(queryMap(`http://x/?${query}`))).toEqual(paging)
  })

  it.for([
    'page=x',
    'page=1.0',
    'page=%201',
    'page=+1',
    'page=1e2',
    'page=x&page=1',
    'page=1_0',
    'perPage=0x5',
    'page=9223372036854775808',
    `page=${'9'.repeat(5000)}`,
    'page=%00',
    'skipTotal=yes',
    'skipTotal=tRue',
    'skipTotal=2',
  ])('of %.40s is refused', (query, { expect }) => {
    expect(() => readPaging(queryMap(`http://x/?${query}`))).toThrow(ApiError)
  })
})

describe('the request in rules', () => {
  it('has the query of its parsed URL', ({ expect }) => {
    const text = fc.string({ unit: fc.constantFrom(...`ab=&?#%;+'"<>^\\{}|~ \t\u00e9%41%zz/:@`) })

    fc.assert(
      fc.property(text, (search) => {
        const url = `http://x/path?${search}`

        expect(queryMap(url)).toEqual(queryMap(new URL(url)))
      }),
    )
  })

  it('has the first value of each query parameter', ({ expect }) => {
    expect(queryMap('http://x/?a=1&a=2&b=%2Bx+y&__proto__=z')).toEqual(
      Object.fromEntries([
        ['a', '1'],
        ['b', '+x y'],
        ['__proto__', 'z'],
      ]),
    )
  })

  it.for(['a=%zz&b=1', 'a=%&b=1', 'a=1;c=2&b=1', '%zz=2&b=1'])(
    'leaves out the malformed parameter of %s',
    (query, { expect }) => {
      expect(queryMap(`http://x/?${query}`)).toEqual({ b: '1' })
    },
  )

  it('has each header except the host, in lower case, with underscores', ({ expect }) => {
    expect(headerMap(new Headers({ 'X-My-Token': 'a', Accept: 'b', Host: 'c' }))).toEqual({
      x_my_token: 'a',
      accept: 'b',
    })
  })
})
