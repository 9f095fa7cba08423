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
  it('drops rows whose related record the caller cannot list, in any branch', ({ expect }) => {
    const world = worldWhere("name = 'Ann'")

    const found = world.ask({
      in: 'posts',
      filter: "author.name != 'x' || t = 'b'",
      access: 'client',
    })

    expect(found).toEqual(['p0', 'p2'])
  })

  it('applies to sorts too', ({ expect }) => {
    const world = worldWhere("name = 'Ann'")

    expect(world.ask({ in: 'posts', sort: 'author.name', access: 'client' })).toEqual(['p2', 'p0'])
  })

  it('can use relations and the caller', ({ expect }) => {
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

  it('does not apply to paths in rules', ({ expect }) => {
    const world = worldWhere(null)

    expect(world.ask({ in: 'posts', rule: "author.name = 'Bob'" })).toEqual(['p1'])
  })

  it('applies to a path that a rule has joined', ({ expect }) => {
    const world = worldWhere("name = 'Ann'")

    const found = world.ask({
      in: 'posts',
      rule: "author.name != 'x'",
      filter: "author.name != 'y'",
      access: 'client',
    })

    expect(found).toEqual(['p0', 'p2'])
  })

  it('does not apply to ids, which the caller can see', ({ expect }) => {
    const world = worldWhere(null)

    const found = world.ask({ in: 'posts', filter: "author.id = 'bob'", access: 'client' })

    expect(found).toEqual(['p1'])
  })

  it('rejects paths through locked collections', ({ expect }) => {
    const world = worldWhere(null)

    const closed = 'The collection "users" is for superusers only.'
    expect(world.ask({ in: 'posts', filter: "author.name = 'x'", access: 'client' })).toBe(closed)
    expect(world.ask({ in: 'posts', sort: 'author.name', access: 'client' })).toBe(closed)
  })

  it('rejects paths if the rule itself is invalid', ({ expect }) => {
    const world = worldWhere('nope = 1')

    const found = world.ask({ in: 'posts', filter: "author.name = 'x'", access: 'client' })

    expect(found).toMatch(/^The list rule of "users" is broken/)
  })
})

describe('records that the caller cannot list', () => {
  // Comparing such records beside listable ones would reveal them.
  it('do not count where all must match', ({ expect }) => {
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

  it('are found by clients only if they are public', ({ expect }) => {
    const filter = "email ~ 'x.io'"

    expect(world.ask({ in: 'users', filter, access: 'client' })).toEqual(['ann'])
    expect(world.ask({ in: 'users', filter, access: 'rule' })).toEqual(['ann', 'bob'])
  })

  it('stay private on either side and any path', ({ expect }) => {
    const ask = (filter: string): string[] | string =>
      world.ask({ in: 'posts', filter, access: 'client' })

    expect(ask("'BOB@X.IO' ~ author.email:lower")).toEqual([])
    expect(ask("author.email != ''")).toEqual(['p0'])
    expect(ask("others.email ?~ 'bob'")).toEqual([])
    expect(ask("others.email ~ 'x.io' && t = 'b'")).toEqual([])
  })

  // Comparing a private address beside a public one would reveal it.
  it('that are private do not count where all must match', ({ expect }) => {
    const ask = (filter: string): string[] | string =>
      world.ask({ in: 'posts', filter, access: 'client' })

    expect(ask("others.email < 'c'")).toEqual(['p0'])
    expect(ask("others.email < 'azz'")).toEqual(['p0'])
    expect(ask("others.email < 'ann'")).toEqual([])
  })

  // The position of a private address among the user's own would reveal it.
  it('that are private are not sorted', ({ expect }) => {
    const order = (bob: string): string[] | string => {
      const [ann, other] = spec.users.rows
      const rows = [ann, { ...other, email: bob }, { ...ann, id: 'cid', email: 'cid@x.io' }]
      const users = { ...spec.users, rows, listRule: '' }
      return new World({ ...spec, users }).ask({ in: 'users', sort: 'email', access: 'client' })
    }

    expect(order('bob@x.io')).toEqual(order('zoe@x.io'))
    expect(order('aaa@x.io').slice(-2)).toEqual(['ann', 'cid'])
  })

  it('can be sorted by rules and superusers', ({ expect }) => {
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
