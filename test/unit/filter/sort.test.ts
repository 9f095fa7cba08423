import { describe, it } from 'vitest'
import { World } from './collections.ts'

const world = new World({
  users: {
    type: 'auth',
    fields: { name: 'text' },
    rows: [
      { id: 'u0', name: 'B' },
      { id: 'u1', name: 'a' },
    ],
  },
  posts: {
    fields: {
      t: 'text',
      n: 'number',
      j: 'json',
      m: 'selects',
      author: '-> users',
      teams: '-> users[]',
    },
    rows: [
      { id: 'z', t: 'b', n: 1, j: { x: 2 }, m: ['a'], author: 'u1', teams: ['u0', 'u1'] },
      { id: 'y', t: 'A', n: 1, j: { x: 1 }, m: ['a', 'b'], author: 'u0' },
      { id: 'x', t: 'a', n: 2, j: { x: 3 }, m: [] },
    ],
  },
  views: { type: 'view', fields: { t: 'text' } },
})

describe('orders', () => {
  const orders = [
    { sort: '', ids: 'zyx' },
    { sort: 't', ids: 'yxz' },
    { sort: '-t', ids: 'zxy' },
    { sort: '+n,-t', ids: 'zyx' },
    { sort: ' -n , t ', ids: 'xyz' },
    { sort: 't:lower,-n', ids: 'xyz' },
    { sort: 'm:length', ids: 'xzy' },
    { sort: 'j.x', ids: 'yzx' },
    { sort: 'author.name', ids: 'xyz' },
    { sort: '@rowid', ids: 'zyx' },
    { sort: '-@rowid', ids: 'xyz' },
  ]

  for (const { sort, ids } of orders) {
    it(`by ${JSON.stringify(sort)}`, ({ expect }) => {
      const found = world.ask({ in: 'posts', sort })

      expect(found).toEqual([...ids])
    })
  }

  it('returns each record once, whatever it refers to', ({ expect }) => {
    const found = world.ask({ in: 'posts', sort: '-teams.name' })

    expect(found).toHaveLength(3)
  })

  it('at random', ({ expect }) => {
    const found = world.ask({ in: 'posts', sort: '-@random,t' })

    expect(found).toHaveLength(3)
  })
})

describe('refuses', () => {
  const refused = [
    't,,n',
    ',t',
    '-',
    '- t',
    '--t',
    'nope',
    "'t'",
    '5',
    'null',
    'true',
    '@now',
    '@request.context',
    '@request.query.x',
    "strftime('%Y')",
    't x',
    't.',
    'author.nope',
    'n,n,n,n,n,n,n,n,n',
    't'.repeat(256),
  ]

  for (const sort of refused) {
    it(JSON.stringify(sort), ({ expect }) => {
      expect(world.ask({ in: 'posts', sort })).toEqual(expect.any(String))
    })
  }

  it('the row ids of views', ({ expect }) => {
    expect(world.ask({ in: 'views', sort: '@rowid' })).toBe('There is no @rowid here.')
  })
})
