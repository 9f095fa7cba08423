/*
 * A plan that was compiled for one request serves others. For random rules, filters, callers and
 * values, it must give each of them what a plan of its own gives: the same statements with the same
 * parameters, and the same response from the same rows.
 */
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { describe, it, vi } from 'vitest'
import type { Collection, CollectionSet } from '#catalog/collection.ts'
import { compileCollections } from '#catalog/compile/compile.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { superusersId } from '#catalog/system-collections.ts'
import { blankDefinition } from '#collections/complete-definition.ts'
import { createTable } from '#collections/schema/sync-table.ts'
import { integer } from '#database/integer.ts'
import type { Plan } from '#database/query.ts'
import { toStatement } from '#database/statement.ts'
import type { RequestInfo } from '#filter/schema.ts'
import type { Caller } from '#http/caller.ts'
import type { SessionFacts } from '#http/session-facts.ts'
import { ApiError } from '#kernel/errors.ts'
import { accessTo } from '#records/access.ts'
import { type ListParameters, planList } from '#records/read/list-records.ts'
import { selectRecords } from '#records/read/record-select.ts'
import { planView, selectRecord } from '#records/read/view-record.ts'
import { guestRequest, requestInfoOf, withBody } from '#records/request-info.ts'

/** The number of random deployments. Each gets a series of requests. */
const numRuns = Number(process.env['COMPILED_PLANS_RUNS'] ?? 60)

const users = 'pbc_users'
const staff = 'pbc_staff'
const notes = 'pbc_notes'

interface Rules {
  readonly notes: string | null
  readonly users: string | null
  readonly manage: string | null
}

function definitionsWith(rules: Rules): readonly CollectionDefinition[] {
  const field = (name: string, type: string, options: Record<string, unknown> = {}) => ({
    id: name,
    name,
    type,
    hidden: false,
    required: false,
    system: false,
    presentable: false,
    ...options,
  })
  const base = blankDefinition('base', 'notes', notes)
  const account = blankDefinition('auth', 'users', users)
  const worker = blankDefinition('auth', 'staff', staff)
  const readable = { listRule: rules.users, viewRule: rules.users }
  return [
    {
      ...base,
      fields: [
        ...base.fields,
        field('title', 'text'),
        field('n', 'number'),
        field('tags', 'select', { maxSelect: 3, values: ['a', 'b', 'c'] }),
        field('data', 'json'),
        field('owner', 'relation', { collectionId: users, maxSelect: 1 }),
        field('friends', 'relation', { collectionId: users, maxSelect: 9 }),
        field('secret', 'text', { hidden: true }),
      ],
      listRule: rules.notes,
      viewRule: rules.notes,
    },
    {
      ...account,
      ...readable,
      fields: [...account.fields, field('name', 'text'), field('level', 'number')],
      ...(account.type === 'auth' && {
        options: { ...account.options, manageRule: rules.manage },
      }),
    },
    {
      ...worker,
      ...readable,
      fields: [...worker.fields, field('name', 'text'), field('level', 'number')],
    },
    blankDefinition('auth', '_superusers', superusersId),
  ] as CollectionDefinition[]
}

const database = createDatabase()

function createDatabase(): DatabaseSync {
  const db = new DatabaseSync(':memory:')
  const open = definitionsWith({ notes: '', users: '', manage: null })
  for (const statement of open.flatMap(createTable)) db.exec(toStatement(statement).sql)
  db.exec(`
    INSERT INTO "users" ("id", "name", "level", "email", "emailVisibility", "tokenKey") VALUES
      ('ann', 'Ann', 1, 'ann@example.com', 1, '1'), ('ben', 'b%n', 2, 'ben@example.com', 0, '2'),
      ('1', '', 0, '', 0, '3');
    INSERT INTO "staff" ("id", "name", "email", "emailVisibility", "tokenKey") VALUES
      ('ann', 'Other Ann', 'ann@example.org', 0, '4'), ('eve', 'Eve', '', 1, '5');
    INSERT INTO "_superusers" ("id", "email", "tokenKey") VALUES ('ann', 'root@example.com', '6');
    INSERT INTO "notes" ("id", "title", "n", "tags", "data", "owner", "friends", "secret") VALUES
      ('n1', 'a', 1, '["a","b"]', '{"a":1}', 'ann', '["ben"]', 'x'),
      ('n2', 'A%', 2, '[]', '"text"', 'ben', '["ann","ben"]', 'y'),
      ('n3', '', 0, '["c"]', NULL, '', '[]', ''),
      ('n4', 'ann', 2.5, '["a"]', '[1,2]', 'ann', '["1"]', 'a'),
      ('n5', 'GET', 1e3, '["b"]', 'true', 'gone', '["gone"]', '')`)
  return db
}

/** Values that differ in what the text of a statement may depend on. */
const value = fc.constantFrom(
  '',
  'a',
  'A%',
  'ann',
  '1',
  '2.5',
  '_',
  String.raw`a\%`,
  'GET',
  'é'.repeat(40),
  `${'x'.repeat(60)}%`,
)
const values = fc.dictionary(fc.constantFrom('q', 'n', 'x_tag'), value, { noNullPrototype: true })

const ofNotes = fc.constantFrom(
  ...['title', 'n', 'tags', 'tags:each', 'tags:length', 'data.a', 'data', 'owner', 'owner.name'],
  ...['owner.email', 'friends.name', 'friends.level', 'owner.notes_via_owner.title', 'title:lower'],
)
const ofAccounts = fc.constantFrom('id', 'name', 'level', 'email', 'verified')
const requestValue = fc.constantFrom(
  ...['id', 'name', 'level', 'email', 'collectionId', 'notes_via_owner.n'].map(
    (name) => `@request.auth.${name}`,
  ),
  ...['q', 'n', 'q:isset', 'q:lower'].map((name) => `@request.query.${name}`),
  ...['@request.headers.x_tag', '@request.headers.n', '@request.method', '@request.context'],
  ...['@request.body.title', '@request.body.title:isset', '@collection.users.name'],
  ...['id', 'kind', 'level', 'age', 'mfaAge', 'methods', 'methods:each', 'methods:length'].map(
    (name) => `@request.session.${name}`,
  ),
  ...['@now', '@day', '@second', '@todayStart', '@monthEnd'],
)
const literal = fc.constantFrom("'a'", "''", "'A%'", '1', '2.5', 'null', 'true', '@now')
const sign = fc.constantFrom('=', '!=', '>', '<=', '~', '!~', '?=', '?~', '?!=')
const call = fc.constantFrom("strftime('%Y', @now)", "strftime('%d', @request.query.q)")

function expression(left: fc.Arbitrary<string>, right: fc.Arbitrary<string>) {
  const comparison = fc
    .tuple(left, sign, right, fc.boolean())
    .map(([a, op, b, isTurned]) => (isTurned ? `${b} ${op} ${a}` : `${a} ${op} ${b}`))
  return fc
    .tuple(fc.array(comparison, { minLength: 1, maxLength: 3 }), fc.constantFrom(' && ', ' || '))
    .map(([parts, join]) => parts.join(join))
}

function rule(field: fc.Arbitrary<string>) {
  const ofRule = fc.oneof(field, requestValue, fc.constant('@request.auth.id'), call)
  return fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(null, 'title =') },
    { weight: 4, arbitrary: fc.constant('') },
    { weight: 10, arbitrary: expression(ofRule, fc.oneof(requestValue, literal)) },
  )
}

function filter(field: fc.Arbitrary<string>) {
  return fc.oneof(fc.constant(''), expression(field, literal))
}

const expand = fc.constantFrom('', 'owner', 'friends,owner', 'owner.notes_via_owner', 'nothing')

const callers = {
  guest: undefined,
  ann: [users, 'ann'],
  ben: [users, 'ben'],
  one: [users, '1'],
  'ann of the staff': [staff, 'ann'],
  eve: [staff, 'eve'],
  superuser: [superusersId, 'ann'],
  'of no collection': ['pbc_gone', 'ann'],
} as const
const caller = fc.constantFrom(...(Object.keys(callers) as (keyof typeof callers)[]))

/** Everything that the key of a plan has. */
function shape(collection: string, field: fc.Arbitrary<string>, sort: fc.Arbitrary<string>) {
  return fc.record({
    collection: fc.constant(collection),
    action: fc.constantFrom('list', 'list', 'view', 'read after a write'),
    filter: filter(field),
    sort,
    expand,
    skipTotal: fc.boolean(),
  })
}

const shapeOfNotes = shape('notes', ofNotes, fc.constantFrom('', 'title', '-n,id', 'owner.name'))
const anyShape = fc.oneof(
  { weight: 3, arbitrary: shapeOfNotes },
  { weight: 1, arbitrary: shape('users', ofAccounts, fc.constantFrom('', '-name')) },
  { weight: 1, arbitrary: shape('staff', ofAccounts, fc.constantFrom('', '-name')) },
)

const request = fc.record({
  /** One of two shapes, so that requests share plans, or one with a part of the other. */
  shape: fc.constantFrom('first', 'second', 'filter', 'sort', 'expand', 'skipTotal'),
  caller,
  page: fc.integer({ min: 1, max: 2 }),
  perPage: fc.integer({ min: 1, max: 4 }),
  id: fc.constantFrom('n1', 'n2', 'n4', 'ann', 'ben', 'none'),
  query: values,
  headers: values,
  method: fc.constantFrom('GET', 'HEAD'),
  seconds: fc.integer({ min: 0, max: 4e9 }),
  facts: fc.record({
    authTime: fc.constantFrom(undefined, 0, 100, 3e9),
    mfaTime: fc.constantFrom(undefined, 0, 200),
    methods: fc.constantFrom([], ['password'], ['password', 'a']),
    startedAt: fc.constant(0),
    actor: fc.constantFrom(undefined, undefined, { collectionId: superusersId, id: 'ann' }),
  }),
})

const series = fc
  .record({
    rules: fc.record({
      notes: rule(ofNotes),
      users: rule(ofAccounts),
      manage: rule(ofAccounts),
    }),
    first: anyShape,
    second: shapeOfNotes,
    requests: fc.array(request, { minLength: 8, maxLength: 16 }),
  })
  .map(({ rules, first, second, requests }) => {
    const mixed = (part: keyof typeof first) => ({ ...first, [part]: second[part] })
    const shapes = {
      first,
      second,
      filter: mixed('filter'),
      sort: mixed('sort'),
      expand: mixed('expand'),
      skipTotal: mixed('skipTotal'),
    }
    return { rules, requests: requests.map((asked) => ({ ...asked, ...shapes[asked.shape] })) }
  })
type Series = typeof series extends fc.Arbitrary<infer T> ? T : never
type Asked = Series['requests'][number]

function callerOf(name: keyof typeof callers, facts: SessionFacts): Caller | undefined {
  const [collectionId, recordId] = callers[name] ?? []
  if (collectionId === undefined || recordId === undefined) return undefined
  return {
    collectionId,
    collectionName: '',
    recordId,
    sessionId: '',
    expiresAt: new Date(0),
    isSuperuser: collectionId === superusersId,
    isRefreshable: true,
    facts,
    token: '',
    denial: undefined,
    session: () => Promise.resolve(undefined),
  }
}

/** The input of a plan. */
interface Planned {
  readonly context: PlanContext
  readonly collection: Collection
  readonly info: RequestInfo
  readonly parameters: ListParameters
}

function inputOf(collections: CollectionSet, asked: Asked): Planned {
  const collection = collections.find(asked.collection)
  if (collection === undefined) throw new Error(`There is no ${asked.collection}.`)
  const { page, perPage, skipTotal, filter: condition, sort: order } = asked
  return {
    // Plans that read need no settings.
    context: {
      catalog: { collections, revision: 1 },
      caller: callerOf(asked.caller, asked.facts),
      now: new Date(asked.seconds * 1000),
      followers: [],
    } as unknown as PlanContext,
    collection,
    info: guestRequest({
      context: 'default',
      method: asked.method,
      query: { ...asked.query, expand: asked.expand },
      headers: asked.headers,
    }),
    parameters: { page, perPage, skipTotal, filter: condition, sort: order },
  }
}

/** The plan of a request: statements with parameters, and the response; or the error. */
function outcome(plan: () => Plan<unknown>) {
  try {
    const { statements, read } = plan()
    const rendered = statements.map((statement) => {
      const { sql: text, params } = toStatement(statement)
      return { sql: text, params }
    })
    const rows = rendered.map(({ sql: text, params }) =>
      database.prepare(text).all(...(params as (string | number | null)[])),
    )
    return { rendered, response: read(rows) }
  } catch (error) {
    if (error instanceof ApiError) return { error: error.code }
    if (error instanceof Error && 'errcode' in error) return { error: error.message }
    throw error
  }
}

function planOf(collections: CollectionSet, asked: Asked): Plan<unknown> {
  const { context, collection, info, parameters } = inputOf(collections, asked)
  switch (asked.action) {
    case 'list':
      return planList(context, collection, info, parameters)
    case 'view':
      return planView(context, collection, info, asked.id)
    case 'read after a write': {
      const viewer = withBody(requestInfoOf(context, info), { title: { known: asked.id } })
      return selectRecord(context, viewer, collection, asked.id, info.query['expand'])
    }
  }
}

/** The first statement of a list, made for one request alone. */
function planAlone(collections: CollectionSet, asked: Asked): Plan<unknown> {
  const { context, collection, info, parameters } = inputOf(collections, asked)
  const viewer = requestInfoOf(context, info)
  const { page, perPage, filter: condition, sort: by } = parameters
  const access = accessTo(collections, viewer, {
    rule: collection.rules.list,
    base: { collection, alias: collection.name },
    client: { filter: condition, sort: by, access: viewer.isSuperuser ? 'rule' : 'client' },
    now: context.now,
    node: 'statement',
  })
  if (!access.isGranted) throw new ApiError(access.error)
  const order =
    access.order.length === 0 ? sql`` : sql` ORDER BY ${sql.join([...access.order], sql`, `)}`
  const source = {
    collection,
    isDistinct: access.isDistinct,
    with: access.with,
    from: sql`FROM ${sql.identifier(collection.name)} ${access.joins} WHERE ${access.where}${order} LIMIT ${integer(perPage)} OFFSET ${integer(perPage * (page - 1))}`,
  }
  return selectRecords(collections, viewer, source, {
    expand: info.query['expand'],
    onExcess: 'refuse',
  })
}

describe('a compiled plan', () => {
  it('serves every request as a plan of its own', ({ expect }) => {
    let [total, granted] = [0, 0]

    fc.assert(
      fc.property(series, ({ rules, requests }) => {
        const definitions = definitionsWith(rules)
        const warm = compileCollections(definitions)

        for (const asked of requests) {
          const served = outcome(() => planOf(warm, asked))
          const own = outcome(() => planOf(compileCollections(definitions), asked))

          expect(served).toEqual(own)
          total += 1
          granted += own.response === undefined ? 0 : 1
        }
      }),
      { numRuns },
    )

    expect(granted / total).toBeGreaterThan(0.4)
  })

  it('has the statement that is made for a request alone', ({ expect, onTestFinished }) => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    fc.assert(
      fc.property(series, ({ rules, requests }) => {
        const definitions = definitionsWith(rules)
        const warm = compileCollections(definitions)

        for (const asked of requests) {
          if (asked.action !== 'list') continue
          vi.setSystemTime(asked.seconds * 1000)
          const compiled = outcome(() => planOf(warm, asked))
          const alone = outcome(() => planAlone(compileCollections(definitions), asked))

          expect(compiled.rendered?.[0]).toEqual(alone.rendered?.[0])
          expect(compiled.error).toEqual(alone.error)
        }
      }),
      { numRuns },
    )
  })
})
