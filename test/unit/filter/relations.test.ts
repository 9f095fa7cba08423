import { describe, it } from 'vitest'
import { parseFilter } from '#filter/syntax/parse.ts'
import { World } from './collections.ts'

const world = new World({
  users: {
    type: 'auth',
    fields: { name: 'text', team: '-> teams' },
    rows: [
      { id: 'ann', name: 'Ann', team: 'red' },
      { id: 'bob', name: 'Bob', team: 'gone' },
      { id: 'cid', name: '' },
    ],
  },
  teams: {
    fields: {
      name: 'text',
      n: 'number',
      tags: 'selects',
      parent: '-> teams',
      members: '-> users[]',
    },
    rows: [
      { id: 'red', name: 'red', n: 1, tags: ['a'], members: ['ann', 'bob'] },
      { id: 'blue', name: 'blue', n: 2, tags: ['a', 'b'], members: ['bob'], parent: 'red' },
      { id: 'nil', name: '', n: 3 },
    ],
  },
  posts: {
    fields: { t: 'text', n: 'number', author: '-> users', teams: '-> teams[]', prev: '-> posts' },
    rows: [
      { id: 'p0', t: 'red', n: 1, author: 'ann', teams: ['red'] },
      { id: 'p1', t: 'blue', n: 2, author: 'bob', teams: ['red', 'blue'], prev: 'p0' },
      { id: 'p2', t: '', n: 3, author: '', teams: [], prev: 'p1' },
      { id: 'p3', t: 'x', n: 4, author: 'gone', teams: ['gone'], prev: 'p2' },
    ],
  },
  comments: {
    fields: { t: 'text', n: 'number', post: '-> posts', also: '-> posts[]' },
    rows: [
      { id: 'c0', t: 'hi', n: 1, post: 'p0', also: ['p0', 'p1'] },
      { id: 'c1', t: 'yo', n: 2, post: 'p0', also: ['p1'] },
      { id: 'c2', t: 'hi', n: 3, post: 'p1', also: [] },
    ],
  },
  profiles: {
    fields: { bio: 'text', user: '-> users' },
    unique: ['user'],
    rows: [{ id: 'f0', bio: 'B', user: 'ann' }],
  },
})

interface Case {
  readonly in?: string
  readonly filter: string
  readonly finds: string
}

function describeCases(name: string, cases: readonly Case[]): void {
  describe(name, () => {
    for (const { in: collection = 'posts', filter, finds } of cases) {
      it(`${collection}: ${filter} finds ${finds === '' ? 'nothing' : finds}`, ({ expect }) => {
        const found = world.ask({ in: collection, filter, sort: 'id' })

        expect(found).toEqual(finds === '' ? [] : finds.split(' '))
      })
    }
  })
}

describeCases('single relations', [
  { filter: "author.name = 'Ann'", finds: 'p0' },
  { filter: "author.name != 'Ann'", finds: 'p1 p2 p3' },
  { filter: "author.name = ''", finds: 'p2 p3' },
  { filter: "author.team.name = 'red'", finds: 'p0' },
  { filter: 'author.team.n > 0', finds: 'p0' },
  { filter: "author.name !~ 'z'", finds: 'p0 p1' },
  { filter: "prev.prev.t = 'red'", finds: 'p2' },
  { filter: "author.id = 'gone'", finds: 'p3' },
  { filter: "author.id:lower = 'gone'", finds: '' },
  { filter: 'prev.prev.prev.prev.prev.prev.n = null', finds: 'p0 p1 p2 p3' },
])

describeCases('multiple relations ask for all', [
  { filter: "teams.name = 'red'", finds: 'p0' },
  { filter: "teams.name ?= 'red'", finds: 'p0 p1' },
  { filter: "teams.name != 'blue'", finds: 'p0 p2 p3' },
  { filter: "teams.name ?!= 'blue'", finds: 'p0 p1 p2 p3' },
  { filter: 'teams.n >= 1', finds: 'p0 p1' },
  { filter: 'teams.n > 1', finds: '' },
  { filter: 'teams.n ?> 1', finds: 'p1' },
  { filter: '1 <= teams.n', finds: 'p0 p1' },
  { filter: "teams.name ~ 'e'", finds: 'p0 p1' },
  { filter: "teams.name !~ 'b'", finds: 'p0' },
  { filter: 'teams.name = t', finds: 'p0 p2' },
  { filter: 'teams.name != t', finds: 'p3' },
  { filter: "teams.tags:each = 'a'", finds: 'p0' },
  { filter: "teams.tags:each ?= 'b'", finds: 'p1' },
  { filter: 'teams.tags:length > 0', finds: 'p0 p1' },
  { filter: "teams:each = 'red'", finds: 'p0' },
  { filter: "teams.id != 'blue'", finds: 'p0 p2 p3' },
  { filter: "teams ~ 'blue'", finds: 'p1' },
  { filter: "teams.members.name ?= 'Ann' && teams.n ?= 2", finds: '' },
])

describeCases('no related rows', [
  { filter: "n = 3 && teams.name = 'a'", finds: '' },
  { filter: "n = 3 && teams.name != 'a'", finds: 'p2' },
  { filter: "n = 3 && teams.name = ''", finds: 'p2' },
  { filter: 'n = 3 && teams.n > 1', finds: '' },
  { filter: "n = 3 && teams.name ~ 'a'", finds: '' },
  { filter: "n = 3 && teams.name !~ 'a'", finds: '' },
])

describeCases('many on both sides', [
  { filter: 'teams.n = comments_via_post.n', finds: 'p2 p3' },
  { filter: 'teams.n ?= comments_via_post.n', finds: 'p0 p2 p3' },
  { filter: 'teams.n <= comments_via_post.n', finds: 'p0 p1' },
  { filter: 'comments_via_post.n != teams.n', finds: 'p1' },
])

describeCases('back-relations', [
  { filter: "comments_via_post.t = 'hi'", finds: 'p1' },
  { filter: "comments_via_post.t ?= 'hi'", finds: 'p0 p1' },
  { filter: "comments_via_post.id = ''", finds: 'p2 p3' },
  { filter: "comments_via_also.t = 'hi'", finds: 'p0' },
  { filter: "comments_via_also.t ?= 'hi'", finds: 'p0 p1' },
  { filter: "comments_via_also.post.t ?= 'red' && n = 2", finds: 'p1' },
  { filter: "author.profiles_via_user.bio = 'B'", finds: 'p0' },
  { filter: "author.profiles_via_user.bio != 'B'", finds: 'p1 p2 p3' },
  { in: 'users', filter: "teams_via_members.name ?= 'blue'", finds: 'bob' },
])

describeCases('any record of a collection', [
  { filter: '@collection.teams.name ?= t', finds: 'p0 p1 p2' },
  { filter: '@collection.teams.name = t', finds: '' },
  { filter: '@collection.teams.n > n', finds: '' },
  { filter: "@collection.teams.n ?> n && @collection.teams.name ?= 'blue'", finds: 'p0' },
  { filter: "@collection.teams:a.n ?> n && @collection.teams:b.name ?= 'blue'", finds: 'p0 p1' },
  { filter: "@collection.TEAMS.members.name ?= 'Ann' && n = 1", finds: 'p0' },
  { filter: '@collection.posts:x.n ?= n && @collection.comments:x.n ?= n', finds: 'p0 p1 p2' },
])

describe('refuses', () => {
  const refused = [
    'author.nope = 1',
    'nope.name = 1',
    't.name = 1',
    'comments_via_t.t = 1',
    'comments_via_nope.t = 1',
    'nope_via_post.t = 1',
    'comments_via_author.t = 1',
    'profiles_via_user.bio = 1',
    '@collection.nope.n = 1',
    '@collection.teams = 1',
    '@collection.teams.nope = 1',
    '@collection.teams:a:b.n = 1',
    'prev.prev.prev.prev.prev.prev.prev.t = 1',
    '@request.nope = 1',
    '@request.auth = 1',
    '@request.context.x = 1',
  ]

  for (const filter of refused) {
    it(filter, ({ expect }) => {
      expect(world.ask({ in: 'posts', filter })).toEqual(expect.any(String))
    })
  }
})

it('joins a common path once, so that its comparisons look at the same row', ({ expect }) => {
  const both = world.ask({
    in: 'posts',
    filter: "comments_via_post.t ?= 'yo' && comments_via_post.n ?= 1",
  })

  expect(both).toEqual([])
})

it('joins nothing for the id of a single relation', ({ expect }) => {
  const query = world.query({ in: 'posts' })
  const parsed = parseFilter("author.id = 'ann'")

  const taken = parsed.ok && query.where(parsed.filter, 'rule')

  expect(taken).toEqual({ ok: true })
  expect(query.compile()).toMatchObject({ ok: true, hasJoins: false })
})
