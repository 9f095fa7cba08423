import { describe, it } from 'vitest'
import type { WorldSpec } from './collections.ts'
import { World } from './collections.ts'

const spec = {
  users: {
    type: 'auth',
    fields: { name: 'text', email: 'text', emailVisibility: 'bool', key: 'hidden text' },
    rows: [
      { id: 'ann', name: 'Ann', email: 'ann@x.io', emailVisibility: true },
      { id: 'bob', name: 'Bob', email: 'bob@x.io', emailVisibility: false },
    ],
  },
  posts: {
    fields: { t: 'text', author: '-> users', secret: 'hidden text', others: '-> users[]' },
    rows: [
      { id: 'p0', t: 'a', author: 'ann', secret: 's', others: ['ann', 'bob'] },
      { id: 'p1', t: 'b', author: 'bob', others: ['bob'] },
      { id: 'p2', t: 'c', author: '', others: [] },
    ],
  },
} as const satisfies WorldSpec

function worldWhere(listRule: string | null): World {
  return new World({ ...spec, users: { ...spec.users, listRule } })
}

describe('the list rule of joined records', () => {
  it('drops rows whose related record the caller may not list, in whatever branch', ({
    expect,
  }) => {
    const world = worldWhere("name = 'Ann'")

    const found = world.ask({
      in: 'posts',
      filter: "author.name != 'x' || t = 'b'",
      access: 'client',
    })

    expect(found).toEqual(['p0', 'p2'])
  })

  it('holds for sorts as well', ({ expect }) => {
    const world = worldWhere("name = 'Ann'")

    expect(world.ask({ in: 'posts', sort: 'author.name', access: 'client' })).toEqual(['p2', 'p0'])
  })

  it('may pass relations of its own and ask who the caller is', ({ expect }) => {
    const world = worldWhere("posts_via_author.t ?= 'b' && id = @request.auth.id")
    const auth = { id: 'bob', collection: world.collection('users') }

    const found = world.ask({
      in: 'posts',
      filter: "author.name != 'x'",
      access: 'client',
      request: { auth },
    })

    expect(found).toEqual(['p1', 'p2'])
  })

  it('is not asked of paths in rules', ({ expect }) => {
    const world = worldWhere(null)

    expect(world.ask({ in: 'posts', rule: "author.name = 'Bob'" })).toEqual(['p1'])
  })

  it('is asked of a path that a rule has joined before', ({ expect }) => {
    const world = worldWhere("name = 'Ann'")

    const found = world.ask({
      in: 'posts',
      rule: "author.name != 'x'",
      filter: "author.name != 'y'",
      access: 'client',
    })

    expect(found).toEqual(['p0', 'p2'])
  })

  it('does not concern ids, which are the caller’s to see', ({ expect }) => {
    const world = worldWhere(null)

    const found = world.ask({ in: 'posts', filter: "author.id = 'bob'", access: 'client' })

    expect(found).toEqual(['p1'])
  })

  it('refuses paths through collections that are closed', ({ expect }) => {
    const world = worldWhere(null)

    const closed = 'The collection "users" is for superusers only.'
    expect(world.ask({ in: 'posts', filter: "author.name = 'x'", access: 'client' })).toBe(closed)
    expect(world.ask({ in: 'posts', sort: 'author.name', access: 'client' })).toBe(closed)
  })

  it('refuses paths when the rule itself is broken', ({ expect }) => {
    const world = worldWhere('nope = 1')

    const found = world.ask({ in: 'posts', filter: "author.name = 'x'", access: 'client' })

    expect(found).toMatch(/^The list rule of "users" is broken/)
  })
})

describe('records that the caller may not list', () => {
  // Guards against reading them by comparing them beside records that the caller may list.
  it('do not count among many that all have to fit', ({ expect }) => {
    const world = worldWhere("name = 'Ann'")
    const ask = (filter: string): string[] | string =>
      world.ask({ in: 'posts', filter, access: 'client' })

    expect(ask("others.name < 'C'")).toEqual(['p0'])
    expect(ask("others.name < 'B'")).toEqual(['p0'])
    expect(ask("others.name < 'A'")).toEqual([])
  })

  it('count for rules', ({ expect }) => {
    const world = worldWhere("name = 'Ann'")

    expect(world.ask({ in: 'posts', rule: "others.name < 'B'" })).toEqual([])
  })
})

describe('emails', () => {
  const world = worldWhere('')

  it('are found by clients only when they are public', ({ expect }) => {
    const filter = "email ~ 'x.io'"

    expect(world.ask({ in: 'users', filter, access: 'client' })).toEqual(['ann'])
    expect(world.ask({ in: 'users', filter, access: 'rule' })).toEqual(['ann', 'bob'])
  })

  it('stay private whichever side and whatever path they are on', ({ expect }) => {
    const ask = (filter: string): string[] | string =>
      world.ask({ in: 'posts', filter, access: 'client' })

    expect(ask("'BOB@X.IO' ~ author.email:lower")).toEqual([])
    expect(ask("author.email != ''")).toEqual(['p0'])
    expect(ask("others.email ?~ 'bob'")).toEqual([])
    expect(ask("others.email ~ 'x.io' && t = 'b'")).toEqual([])
  })

  // Guards against reading a private address by comparing it beside a public one.
  it('that are private do not count among many that all have to fit', ({ expect }) => {
    const ask = (filter: string): string[] | string =>
      world.ask({ in: 'posts', filter, access: 'client' })

    expect(ask("others.email < 'c'")).toEqual(['p0'])
    expect(ask("others.email < 'azz'")).toEqual(['p0'])
    expect(ask("others.email < 'ann'")).toEqual([])
  })

  // Guards against reading a private address by its place among addresses of one's own.
  it('that are private have no place in an order', ({ expect }) => {
    const order = (bob: string): string[] | string => {
      const [ann, other] = spec.users.rows
      const rows = [ann, { ...other, email: bob }, { ...ann, id: 'cid', email: 'cid@x.io' }]
      const users = { ...spec.users, rows, listRule: '' }
      return new World({ ...spec, users }).ask({ in: 'users', sort: 'email', access: 'client' })
    }

    expect(order('bob@x.io')).toEqual(order('zoe@x.io'))
    expect(order('aaa@x.io').slice(-2)).toEqual(['ann', 'cid'])
  })

  it('order lists for rules and superusers', ({ expect }) => {
    expect(world.ask({ in: 'users', sort: '-email', access: 'rule' })).toEqual(['bob', 'ann'])
  })
})

describe('hidden fields', () => {
  const world = worldWhere('')
  const hidden = ['secret', 'author.key']

  for (const name of hidden) {
    it(`refuses ${name} to clients and not to rules`, ({ expect }) => {
      const refusal = expect.stringContaining('cannot be used')

      expect(world.ask({ in: 'posts', filter: `${name} = 'x'`, access: 'client' })).toEqual(refusal)
      expect(world.ask({ in: 'posts', sort: name, access: 'client' })).toEqual(refusal)
      expect(world.ask({ in: 'posts', filter: `${name} = 'x'`, access: 'rule' })).toEqual([])
    })
  }
})

describe('names of rules', () => {
  const world = worldWhere('')

  for (const name of ['@request.auth.id', '@collection.users.id', '@request.body.t']) {
    it(`refuses ${name} to clients`, ({ expect }) => {
      const found = world.ask({ in: 'posts', filter: `${name} = 'x'`, access: 'client' })

      expect(found).toBe(`"${name}" is for rules only.`)
    })
  }

  it('leaves macros to clients', ({ expect }) => {
    expect(world.ask({ in: 'posts', filter: "t < @now || t = 'c'", access: 'client' })).toEqual([
      'p2',
    ])
  })
})
