import fc from 'fast-check'
import { describe, it } from 'vitest'
import type { CollectionSet } from '#catalog/collection.ts'
import { compileCollections } from '#catalog/compile/compile.ts'
import { constant } from '#database/query.ts'
import { toStatement } from '#database/statement.ts'
import { hasSubscribers } from '#database/realtime-subscriptions.ts'
import type { WriteFollower } from '#catalog/plan-context.ts'
import { ApiError } from '#kernel/errors.ts'
import { planCreate } from '#records/write/create-record.ts'
import { planDelete } from '#records/write/delete-record.ts'
import { type RecordWrite, type WriteContext } from '#records/write/record-write.ts'
import { planUpdate } from '#records/write/update-record.ts'
import { guestRequest } from '#records/request-info.ts'
import {
  caller,
  callerOf,
  createDatabase,
  definitionsWith,
  facts,
  ofNotes,
  rule,
  values,
} from '../random-deployments.ts'

/** The number of random deployments. Each gets a series of writes. */
const numRuns = Number(process.env['COMPILED_PLANS_RUNS'] ?? 60)

const database = createDatabase()
database.exec(`
  CREATE VIEW "_abort" ("message") AS SELECT 1 WHERE 0;
  CREATE TRIGGER "_abort_do" INSTEAD OF INSERT ON "_abort" BEGIN SELECT RAISE(ABORT, NEW."message"); END;
  CREATE TABLE "_realtime_shards" ("id" INTEGER PRIMARY KEY, "sequence" INTEGER, "expires" INTEGER);
  CREATE TABLE "_realtime_subscriptions" ("topic" TEXT, "shard" INTEGER);
  CREATE TABLE "_file_sweeps" ("id" TEXT PRIMARY KEY, "prefix" TEXT, "due" INTEGER);
  INSERT INTO "_realtime_shards" VALUES (1, 7, 2000000000);
  INSERT INTO "_realtime_subscriptions" VALUES ('notes', 1)`)

const text = fc.constantFrom('', 'a', 'A%', 'ann', '1', 'GET')
const body = fc.record(
  {
    id: fc.constantFrom('', 'n1', 'newnote00000001', 'bad id'),
    title: text,
    n: fc.constantFrom(0, 1, 2.5, '2', true),
    tags: fc.constantFrom([], ['a'], 'b', ['a', 'nothing']),
    'tags+': fc.constantFrom('c', ['a']),
    data: fc.constantFrom(null, { a: 1 }, 'text', [1, 2]),
    owner: fc.constantFrom('', 'ann', 'ben', 'none'),
    friends: fc.constantFrom([], ['ann'], ['ben', 'none']),
    'friends-': fc.constant('ann'),
    secret: text,
    unknown: text,
  },
  { requiredKeys: [], noNullPrototype: true },
)

const write = fc.record({
  action: fc.constantFrom('create', 'update', 'delete'),
  caller,
  body,
  id: fc.constantFrom('n1', 'n2', 'n4', 'none'),
  /** The mark of a write in a batch. */
  position: fc.integer({ min: 0, max: 2 }),
  isFollowed: fc.boolean(),
  expand: fc.constantFrom('', 'owner'),
  query: values,
  headers: values,
  seconds: fc.integer({ min: 0, max: 4e9 }),
  facts,
})
type Asked = typeof write extends fc.Arbitrary<infer T> ? T : never

const series = fc.record({
  rules: fc.record({
    notes: fc.constant(''),
    users: fc.constantFrom('', null),
    manage: fc.constant(null),
    create: rule(ofNotes),
    update: rule(ofNotes),
    delete: rule(ofNotes),
  }),
  writes: fc.array(write, { minLength: 8, maxLength: 16 }),
})

const follower: WriteFollower = {
  wants: hasSubscribers,
  followDeletion: () => Promise.resolve({ events: () => constant(undefined) }),
  closing: () => constant(() => undefined),
  failed: () => false,
}

async function planOf(collections: CollectionSet, asked: Asked): Promise<RecordWrite> {
  const collection = collections.find('notes')
  if (collection === undefined) throw new Error('There are no notes.')
  // What writes of notes need of a context.
  const context = {
    catalog: { collections, revision: 1, subscribers: new Map() },
    caller: callerOf(asked.caller, asked.facts),
    now: new Date(asked.seconds * 1000),
    followers: asked.isFollowed ? [follower] : [],
  } as unknown as WriteContext
  const { position, id } = asked
  const info = guestRequest({
    context: 'default',
    method: 'POST',
    query: { ...asked.query, expand: asked.expand },
    headers: asked.headers,
  })
  const request = { collection, info, body: { data: asked.body, files: new Map() }, position, id }
  switch (asked.action) {
    case 'create':
      return await planCreate(context, request)
    case 'update':
      return await planUpdate(context, { ...request, oldPassword: undefined })
    case 'delete':
      return await planDelete(context, request)
  }
}

/** An id that a request made for itself, which no other has. */
const madeId = /^[\da-z]{15}$/

/** The plan of a write: statements with parameters, and the response; or the error. */
async function outcome(collections: CollectionSet, asked: Asked) {
  let plan: RecordWrite
  try {
    plan = await planOf(collections, asked)
  } catch (error) {
    if (error instanceof ApiError) return { error: error.code }
    throw error
  }
  const rendered = plan.statements.map((statement) => {
    const { sql, params } = toStatement(statement)
    return { sql, params }
  })
  const shown = rendered.map(({ sql, params }) => ({
    sql,
    params: params.map((param) => (madeId.test(String(param)) ? 'an id' : param)),
  }))
  database.exec('BEGIN')
  try {
    const rows = rendered.map(({ sql, params }) =>
      database.prepare(sql).all(...(params as (string | number | null)[])),
    )
    const answer = JSON.stringify(plan.read(rows)) ?? ''
    const events = plan.changes?.events(rows).length
    return { shown, response: answer.replaceAll(/"id":"[\da-z]{15}"/g, '"id":"an id"'), events }
  } catch (error) {
    if (!(error instanceof Error) || !('errcode' in error)) throw error
    return { shown, error: error.message }
  } finally {
    database.exec('ROLLBACK')
  }
}

describe('a write with compiled parts', () => {
  it('does what a write of its own does', async ({ expect }) => {
    let [total, granted] = [0, 0]

    await fc.assert(
      fc.asyncProperty(series, async ({ rules, writes }) => {
        const definitions = definitionsWith(rules)
        const warm = compileCollections(definitions)

        for (const asked of writes) {
          const served = await outcome(warm, asked)
          const own = await outcome(compileCollections(definitions), asked)

          expect(served).toEqual(own)
          total += 1
          granted += own.response === undefined ? 0 : 1
        }
      }),
      { numRuns },
    )

    expect(granted / total).toBeGreaterThan(0.15)
  })
})
