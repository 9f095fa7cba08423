/*
 * A plan that was compiled for one request serves others. For random rules, filters, callers and
 * values, it must give each of them what a plan of its own gives: the same statements with the same
 * parameters, and the same response from the same rows.
 */
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { describe, it, vi } from 'vitest'
import type { Collection, CollectionSet } from '#catalog/collection.ts'
import { compileCollections } from '#catalog/compile/compile.ts'
import type { PlanContext } from '#catalog/plan-context.ts'
import { integer } from '#database/integer.ts'
import type { Plan } from '#database/query.ts'
import { toStatement } from '#database/statement.ts'
import type { RequestInfo } from '#filter/schema.ts'
import { ApiError } from '#kernel/errors.ts'
import { accessTo } from '#records/access.ts'
import { type ListParameters, planList } from '#records/read/list-records.ts'
import { selectRecords } from '#records/read/record-select.ts'
import { planView, selectRecord } from '#records/read/view-record.ts'
import { guestRequest, requestInfoOf, withBody } from '#records/request-info.ts'
import {
  caller,
  callerOf,
  createDatabase,
  definitionsWith,
  facts,
  filter,
  ofAccounts,
  ofNotes,
  rule,
  value,
  values,
} from '../random-deployments.ts'

const database = createDatabase()

/** The number of random deployments. Each gets a series of requests. */
const numRuns = Number(process.env['COMPILED_PLANS_RUNS'] ?? 60)

const expand = fc.constantFrom('', 'owner', 'friends,owner', 'owner.notes_via_owner', 'nothing')

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

/** Puts other literals into a filter, in turn, so that it keeps its shape. */
function withLiterals(condition: string, literals: readonly string[]): string {
  let used = 0
  const next = (): string => literals[used++ % literals.length] ?? ''
  return condition.replaceAll(/'[^']*'|(?<![\w.@])\d+(?:\.\d+)?/g, (known) => {
    if (literals.length === 0) return known
    return known.startsWith("'") ? `'${next()}'` : String(next().length / 2)
  })
}

const request = fc.record({
  /** One of two shapes, so that requests share plans, or one with a part of the other. */
  shape: fc.constantFrom('first', 'second', 'filter', 'sort', 'expand', 'skipTotal'),
  literals: fc.array(value, { maxLength: 3 }),
  caller,
  page: fc.integer({ min: 1, max: 2 }),
  perPage: fc.integer({ min: 1, max: 4 }),
  id: fc.constantFrom('n1', 'n2', 'n4', 'ann', 'ben', 'none'),
  query: values,
  headers: values,
  method: fc.constantFrom('GET', 'HEAD'),
  seconds: fc.integer({ min: 0, max: 4e9 }),
  facts,
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
    const asked = requests.map(({ literals, ...own }) => {
      const chosen = shapes[own.shape]
      return { ...own, ...chosen, filter: withLiterals(chosen.filter, literals) }
    })
    return { rules, requests: asked }
  })
type Series = typeof series extends fc.Arbitrary<infer T> ? T : never
type Asked = Series['requests'][number]

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
