import { sql } from 'drizzle-orm'
import { describe, it } from 'vitest'
import { parseFilter } from '#filter/syntax/parse.ts'
import { createFilterQuery } from '#filter/query.ts'
import type { BodyValue, RequestInfo } from '#filter/schema.ts'
import { guest, World } from '../collections.ts'

const world = new World({
  users: {
    type: 'auth',
    fields: {
      name: 'text',
      email: 'text',
      verified: 'bool',
      role: 'select',
      tags: 'selects',
      data: 'json',
      key: 'hidden text',
      team: '-> teams',
      teams: '-> teams[]',
    },
    rows: [
      {
        id: 'ann',
        name: 'Ann',
        email: 'a_n@x.io',
        verified: true,
        role: 'admin',
        tags: ['a', 'b'],
        data: { level: 3 },
        key: 'k',
        team: 'red',
        teams: ['red', 'blue'],
      },
    ],
  },
  teams: {
    fields: { name: 'text', n: 'number' },
    rows: [
      { id: 'red', name: 'red', n: 1 },
      { id: 'blue', name: 'blue', n: 2 },
    ],
  },
  posts: {
    fields: {
      t: 'text',
      e: 'text',
      n: 'number',
      b: 'bool',
      j: 'json',
      p: 'geoPoint',
      s: 'select',
      m: 'selects',
      team: '-> teams',
      teams: '-> teams[]',
      author: '-> users',
    },
    rows: [
      {
        id: 'p',
        t: 'old',
        n: 5,
        m: ['a', 'b'],
        s: 'a',
        team: 'red',
        teams: ['red', 'blue'],
        author: 'ann',
      },
    ],
  },
})

const auth = { id: 'ann', collection: world.collection('users') }

function holds(rule: string, request: Partial<RequestInfo>): boolean | string {
  const found = world.ask({ in: 'posts', rule, request })
  return typeof found === 'string' ? found : found.length === 1
}

interface Case {
  readonly request: Partial<RequestInfo>
  readonly yes?: readonly string[]
  readonly no?: readonly string[]
}

function describeCases(name: string, cases: Readonly<Record<string, Case>>): void {
  describe(name, () => {
    for (const [who, { request, yes = [], no = [] }] of Object.entries(cases)) {
      for (const rule of [...yes, ...no]) {
        const isYes = yes.includes(rule)
        it(`${who}: ${rule} ${isYes ? 'holds' : 'does not hold'}`, ({ expect }) => {
          expect(holds(rule, request)).toBe(isYes)
        })
      }
    }
  })
}

describeCases('@request.auth', {
  'a guest': {
    request: {},
    yes: [
      "@request.auth.id = ''",
      '@request.auth.id = null',
      "@request.auth.nope.x = ''",
      "@request.auth.id:foo = ''",
    ],
    no: [
      "@request.auth.id != ''",
      '@request.auth.id = author',
      "@request.auth.name = 'Ann'",
      '@request.auth.verified = true',
    ],
  },
  'a signed-in caller': {
    request: { auth },
    yes: [
      "@request.auth.id != ''",
      '@request.auth.id = author',
      "@request.auth.collectionName = 'users' && @request.auth.collectionId = 'users'",
      "@request.auth.name = 'Ann'",
      "@request.auth.name:lower = 'ann'",
      "@request.auth.email = 'a_n@x.io'",
      "'(a_n@x.io)' ~ @request.auth.email",
      '@request.auth.verified = true',
      // Bound, and so without the affinity that would turn the text into a number.
      'e <= @request.auth.verified',
      "@request.auth.role = 'admin'",
      "@request.auth.key = 'k'",
      '@request.auth.tags:length = 2',
      "@request.auth.tags:each ?= 'a'",
      "@request.auth.tags ~ 'a'",
      '@request.auth.data.level = 3',
      '@request.auth.team = team',
      '@request.auth.team.id = team',
      "@request.auth.team.name = 'red'",
      "@request.auth.teams.name ?= 'blue'",
      '@request.auth.teams.n >= 1',
      '@request.auth.posts_via_author.n = 5',
      "@request.auth.nope = ''",
      "@request.auth.nope.x = ''",
      "@request.auth.teams.nope = ''",
      "@request.auth.nope_via_x.y = ''",
    ],
    no: [
      "'(aXn@x.io)' ~ @request.auth.email",
      "@request.auth.tags:each = 'a'",
      "@request.auth.teams.name = 'blue'",
      '@request.auth.teams.n > 1',
      "@request.auth.nope != ''",
    ],
  },
})

describeCases('the rest of a request', {
  'what was sent': {
    request: {
      context: 'expand',
      method: 'PATCH',
      query: { n: '7', q: 'Text', x: '7' },
      headers: { x_token: 'T' },
    },
    yes: [
      "@request.context = 'expand'",
      "@request.method = 'PATCH'",
      "@request.query.q = 'Text'",
      "@request.query.q:lower = 'text'",
      "'a text b' ~ @request.query.q",
      '@request.query.q:isset = true',
      '@request.query.z:isset = false',
      "@request.query.z = ''",
      "@request.query.z:lower = ''",
      '@request.query.n > 6',
      "@request.query.x = '7'",
      "@request.headers.x_token = 'T'",
      "@request.query.q.deeper = ''",
    ],
    no: [
      '@request.query.z:isset = true',
      "@request.query.z != ''",
      "@request.query.n = '7'",
      '@request.query.x > 6 && @request.query.x < 8',
    ],
  },
})

function known(body: Readonly<Record<string, unknown>>): Partial<RequestInfo> {
  const values = Object.entries(body).map(([key, value]) => [key, { known: value }] as const)
  return { body: Object.fromEntries(values) }
}

describeCases('@request.body', {
  'an empty body': {
    request: {},
    yes: [
      "@request.body.t = ''",
      '@request.body.t:isset = false',
      '@request.body.t:changed = false',
      "@request.body.t:lower = ''",
      '@request.body.m:length = 0',
      "@request.body.m:each != 'a'",
      "@request.body.team.name = ''",
      "@request.body.p.lon = ''",
      "@request.body.other = ''",
    ],
    no: ['@request.body.t:changed = true', "@request.body.m:each = 'a'"],
  },
  'known values': {
    request: known({
      t: 'new',
      n: 5,
      b: true,
      s: 'a',
      m: ['a', 'c'],
      team: 'red',
      teams: ['red', 'blue', 'red'],
      j: { a: [1, { B: 'X' }] },
      p: { lon: 1, lat: 2 },
      other: [{ n: '8' }, 'q'],
      free: 'F',
    }),
    yes: [
      "@request.body.t = 'new'",
      '@request.body.t != t',
      '@request.body.t:isset = true',
      '@request.body.t:changed = true',
      '@request.body.n:changed = false',
      '@request.body.n:changed != true',
      '@request.body.b = true',
      "@request.body.b:lower = 'true'",
      "@request.body.n:lower = '5'",
      '@request.body.n = n',
      '@request.body.m = \'["a","c"]\'',
      "@request.body.m:lower = ''",
      '@request.body.m:length = 2 && @request.body.s:length = 1',
      "@request.body.m:each ?= 'c'",
      '@request.body.m:each ?= m:each',
      "@request.body.s:each = 'a'",
      '@request.body.m:changed = true',
      "@request.body.team.name = 'red'",
      "@request.body.team.nope = ''",
      "@request.body.teams.name ?= 'blue'",
      '@request.body.teams.n >= 1',
      '@request.body.j = \'{"a":[1,{"B":"X"}]}\'',
      '@request.body.j.a.0 = 1',
      "@request.body.j.a.1.B:lower = 'x'",
      '@request.body.j.a.2:isset = false',
      '@request.body.j.a:isset = true',
      '@request.body.p.lon = 1',
      'geoDistance(@request.body.p.lon, @request.body.p.lat, 1, 2) < 1',
      "@request.body.other.1 = 'q'",
      "@request.body.other.length = ''",
      '@request.body.other.0.n > 7',
      "@request.body.other ~ 'q'",
      "@request.body.free:lower = 'f'",
      '@request.body.free:isset = true',
    ],
    no: [
      "@request.body.m:each = 'a'",
      '@request.body.t:changed = false',
      "@request.body.teams.name = 'blue'",
      '@request.body.teams.n > 1',
      '@request.body.team:changed = true',
    ],
  },
  'JSON that is null': {
    request: known({ j: null }),
    yes: ['@request.body.j:isset = true', "@request.body.j = 'null'"],
    no: ['@request.body.j = null'],
  },
  'empty lists': {
    request: known({ m: [], teams: [], team: '' }),
    yes: [
      "@request.body.m = '[]'",
      '@request.body.m:length = 0',
      "@request.body.teams.name = ''",
      "@request.body.team.name = ''",
    ],
    no: ["@request.body.m:each = ''"],
  },
})

const stored: Readonly<Record<string, BodyValue>> = {
  n: { sql: sql`posts.n + ${1}` },
  m: { sql: sql`json_insert(posts.m, '$[#]', ${'c'})` },
  s: { sql: sql`posts.s` },
  team: { sql: sql`posts.team` },
  teams: { sql: sql`json_remove(posts.teams, '$[0]')` },
}

describeCases('@request.body of what is stored', {
  'a change of it': {
    request: { body: stored },
    yes: [
      '@request.body.n = 6',
      '@request.body.n > n',
      '@request.body.n:isset = true',
      '@request.body.n:changed = true',
      '@request.body.s:changed = false',
      "@request.body.s:lower = 'a'",
      "@request.body.m:lower = ''",
      '@request.body.m:length = 3 && @request.body.s:length = 1',
      "@request.body.m:each ?= 'c'",
      "@request.body.m:each != 'd'",
      "@request.body.m.2 = 'c'",
      '@request.body.m.2:isset = true && @request.body.m.3:isset = false',
      "@request.body.m ~ 'c'",
      "@request.body.team.name = 'red'",
      "@request.body.teams.name = 'blue'",
      '@request.body.teams:length < teams:length',
    ],
    no: [
      "@request.body.m:each = 'c'",
      "@request.body.teams.name ?= 'red'",
      '@request.body.team:changed = true',
    ],
  },
})

describe('refuses', () => {
  const refused = [
    '@request.body.t:length = 1',
    '@request.body.t:each = 1',
    '@request.body.other:length = 1',
    '@request.body.other:each = 1',
    '@request.body.other:changed = true',
    '@request.query.q:length = 1',
    '@request.query.q:foo = 1',
    '@request.auth.name.x = 1',
    '@request.auth.name:foo = 1',
  ]

  for (const rule of refused) {
    it(rule, ({ expect }) => {
      expect(holds(rule, { auth })).toEqual(expect.any(String))
    })
  }
})

describe('a record that is not stored yet', () => {
  function compiled(rule: string): ReturnType<ReturnType<typeof createFilterQuery>['where']> {
    const parsed = parseFilter(rule)
    if (!parsed.ok) return parsed
    const base = { collection: world.collection('posts'), alias: 'draft', isVirtual: true }
    return createFilterQuery({ catalog: world.catalog, request: guest, base }).where(
      parsed.filter,
      'rule',
    )
  }

  it('has no back-relations', ({ expect }) => {
    expect(compiled("posts_via_team.t = ''")).toMatchObject({ ok: false })
    expect(compiled("author.posts_via_author.t = ''")).toMatchObject({ ok: true })
  })

  it('refers to stored records, but is not one of them', ({ expect }) => {
    const rule = "teams.name ?= 'blue' && teams.n >= 1 && m:each = 'z' && @collection.posts.t != t"
    const parsed = parseFilter(rule)
    if (!parsed.ok) throw new Error(parsed.fault.message)
    const base = {
      collection: world.collection('posts'),
      alias: 'draft',
      source: sql`draft`,
      isVirtual: true,
    }
    const query = createFilterQuery({ catalog: world.catalog, request: guest, base })
    const taken = query.where(parsed.filter, 'rule')
    const found = taken.ok ? query.compile() : taken
    if (!found.ok) throw new Error(found.fault.message)
    const draft = sql`SELECT 'id' AS id, 't' AS t, ${'["z"]'} AS m, ${'["red","blue"]'} AS teams`

    const rows = world.all(
      sql`WITH draft AS (${draft}) SELECT * FROM (${found.with}SELECT DISTINCT 1 FROM draft ${found.joins} WHERE ${found.where})`,
    )

    expect(rows).toHaveLength(1)
  })
})
