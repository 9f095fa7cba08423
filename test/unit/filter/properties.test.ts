import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { toStatement } from '#database/statement.ts'
import { parseFilter } from '#filter/syntax/parse.ts'
import type { RequestInfo } from '#filter/schema.ts'
import type { TestCollection } from './collections.ts'
import { World } from './collections.ts'

const world = new World({
  users: {
    type: 'auth',
    listRule: 'team.n > 0 || id = @request.auth.id',
    fields: {
      name: 'text',
      email: 'text',
      emailVisibility: 'bool',
      team: '-> teams',
      teams: '-> teams[]',
    },
  },
  teams: {
    fields: { n: 'number', tags: 'selects', lead: '-> users', members: '-> users[]', j: 'json' },
  },
  posts: {
    fields: {
      t: 'text',
      j: 'json',
      p: 'geoPoint',
      m: 'selects',
      author: '-> users',
      teams: '-> teams[]',
    },
  },
  comments: { fields: { t: 'text', post: '-> posts', also: '-> posts[]' } },
})

/** A path of at most `depth` relations, with every possible end. */
function path(collection: TestCollection, depth: number): fc.Arbitrary<string> {
  const ends = collection.fields.flatMap(({ name, jsonAccess }) => [
    name,
    ...(jsonAccess === 'none'
      ? [`${name}:lower`, `${name}:each`, `${name}:length`]
      : [`${name}.lat`]),
  ])
  const last = fc.constantFrom(...ends)
  if (depth === 0) return last

  const steps: fc.Arbitrary<string>[] = []
  for (const { name, relatedCollectionId } of collection.fields) {
    if (relatedCollectionId === undefined) continue
    steps.push(
      path(world.collection(relatedCollectionId), depth - 1).map((rest) => `${name}.${rest}`),
    )
  }
  for (const other of world.collections.values()) {
    for (const { name, relatedCollectionId } of other.fields) {
      if (relatedCollectionId !== collection.id) continue
      steps.push(path(other, depth - 1).map((rest) => `${other.name}_via_${name}.${rest}`))
    }
  }
  return fc.oneof(last, ...steps)
}

const posts = world.collection('posts')
const fieldPath = path(posts, 3)
const text = fc.string().map((value) => `'${value.replaceAll(/['\\]/g, String.raw`\$&`)}'`)
const literal = fc.oneof(
  text,
  fc.integer().map(String),
  fc.constantFrom('null', 'true', '@now', '@day'),
)
const call = fc.oneof(
  fieldPath.map((name) => `strftime('%Y', ${name})`),
  fieldPath.map((name) => `geoDistance(p.lon, ${name}, teams.n, 2)`),
)
const ofRules = fc.oneof(
  path(world.collection('users'), 2).map((name) => `@request.auth.${name}`),
  path(world.collection('teams'), 1).map((name) => `@collection.teams.${name}`),
  path(world.collection('teams'), 1).map((name) => `@request.body.teams.${name}`),
  fc.constantFrom('@request.body.m:each', '@request.body.t:changed', '@request.query.q'),
)
const sign = fc.constantFrom('=', '!=', '<', '>=', '~', '!~', '?=', '?!=', '?>', '?~', '?!~')

function filter(operand: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const comparison = fc
    .tuple(operand, sign, fc.oneof(operand, literal))
    .map(([left, op, right]) => `${left} ${op} ${right}`)
  return fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      comparison,
      fc
        .tuple(
          fc.constantFrom(' && ', ' || '),
          fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
        )
        .map(([join, nodes]) => `(${nodes.join(join)})`),
    ),
  })).node
}

const request: Partial<RequestInfo> = {
  auth: { id: 'me', collection: world.collection('users') },
  query: { q: 'q' },
  body: { teams: { known: ['a'] }, m: { sql: sql`posts.m` }, t: { known: 't' } },
}

it('parses any string, or rejects it at a position', ({ expect }) => {
  const words = fc.constantFrom(
    ...`a @now 1 -.5 = != ?~ && || ( ) f( , ' " \\ // \n . :x`.split(' '),
  )
  const anyText = fc.oneof(
    fc.string(),
    fc.array(words).map((parts) => parts.join(' ')),
    fc.array(words).map((parts) => parts.join('')),
  )

  fc.assert(
    fc.property(anyText, (input) => {
      const result = parseFilter(input)

      if (result.ok) return
      expect(result.fault.position).toBeGreaterThanOrEqual(0)
      expect(result.fault.position).toBeLessThanOrEqual(input.length)
    }),
    { numRuns: 2_000 },
  )
})

describe('an accepted filter', () => {
  const accesses = [
    { access: 'rule', filters: filter(fc.oneof(fieldPath, call, ofRules)) },
    { access: 'client', filters: filter(fc.oneof(fieldPath, call)) },
  ] as const

  for (const { access, filters } of accesses) {
    it(`runs within the limits of D1, with ${access} access`, ({ expect }) => {
      let accepted = 0

      fc.assert(
        fc.property(filters, (input) => {
          const found = world.ask({ in: 'posts', filter: input, access, request })
          if (typeof found === 'string') return
          accepted += 1
          expect(found).toEqual([])
        }),
        { numRuns: 500 },
      )

      expect(accepted).toBeGreaterThan(250)
    })
  }

  it('runs inside an EXISTS too, as rules do', () => {
    fc.assert(
      fc.property(filter(fc.oneof(fieldPath, call, ofRules)), (input) => {
        const query = world.query({ in: 'posts', request })
        const parsed = parseFilter(input)
        const taken = parsed.ok ? query.where(parsed.filter, 'rule') : parsed
        const compiled = taken.ok ? query.compile() : taken
        if (!compiled.ok) return

        world.all(
          sql`SELECT 1 WHERE NOT EXISTS (${compiled.with}SELECT 1 FROM posts ${compiled.joins} WHERE posts.id = ${'x'} AND ${compiled.where})`,
        )
      }),
      { numRuns: 500 },
    )
  })
})

it('binds every literal instead of writing it into the SQL', ({ expect }) => {
  const marked = fc.string({ minLength: 1 }).map((value) => `«${value}»`)
  const operand = fc.constantFrom(
    't',
    'author.name',
    'teams.tags:each',
    'j.lat',
    "strftime('%Y', t)",
  )

  fc.assert(
    fc.property(operand, sign, marked, (left, op, value) => {
      const query = world.query({ in: 'posts' })
      const parsed = parseFilter(`${left} ${op} '${value.replaceAll(/['\\]/g, String.raw`\$&`)}'`)
      const taken = parsed.ok ? query.where(parsed.filter, 'rule') : parsed
      const compiled = taken.ok ? query.compile() : taken
      if (!compiled.ok) return

      const { sql: statement, params } = toStatement(world.statement('posts', compiled))

      expect(statement).not.toContain('«')
      expect(params.some((param) => String(param).includes('«'))).toBe(true)
    }),
  )
})

describe('large filters', () => {
  it('of 200 comparisons compile and run', ({ expect }) => {
    const and = Array.from({ length: 200 }, (_, i) => `t != 'x${i}'`).join(' && ')
    const or = Array.from({ length: 200 }, (_, i) => `(t = 'x${i}')`).join(' || ')

    expect(world.ask({ in: 'posts', filter: and })).toEqual([])
    expect(world.ask({ in: 'posts', filter: or })).toEqual([])
  })

  it('are rejected if D1 would reject them', ({ expect }) => {
    const deep = 't=1 && (t=2 || ('.repeat(60) + 't=3' + '))'.repeat(60)
    const wide = Array.from(
      { length: 120 },
      (_, i) => `@collection.teams:a${i}.lead.name = 'x'`,
    ).join('&&')
    const long = Array.from({ length: 200 }, () => 'j.a ~ j.b').join('&&')

    expect(world.ask({ in: 'posts', filter: deep })).toBe('The expression is nested too deeply.')
    expect(world.ask({ in: 'posts', filter: wide })).toBe('The expression has too many relations.')
    expect(world.ask({ in: 'posts', filter: long })).toBe('The expression is too long.')
  })
})
