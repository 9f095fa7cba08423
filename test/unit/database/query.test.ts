import { sql } from 'drizzle-orm'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  after,
  all,
  constant,
  list,
  map,
  one,
  type Plan,
  type Query,
  type Rows,
  rowsOf,
} from '#database/query.ts'
import type { RecordEvent } from '#platform/realtime.ts'

/** A query, and what it must read when each statement returns its own text as its only row. */
interface Expected {
  readonly query: Query<unknown>
  readonly value: unknown
  readonly events: readonly string[]
}

let counter = 0

function leaf(isChange: boolean): Expected {
  const text = `s${counter++}`
  const query = one(sql.raw(text), ([row]) => row?.['text'])
  if (!isChange) return { query, value: text, events: [] }
  const changes: Query<unknown>['changes'] = {
    topics: [text],
    events: ([rows = []]: Rows) => [event(String(rows[0]?.['text']))],
  }
  return { query: { ...query, changes }, value: text, events: [text] }
}

function event(collectionId: string): RecordEvent {
  return { action: 'resync', collectionId }
}

const { expected } = fc.letrec<{ expected: Expected }>((tie) => ({
  expected: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.boolean().map(leaf),
    fc.nat(5).map((value) => ({ query: constant(value), value, events: [] })),
    fc.array(tie('expected'), { maxLength: 4 }).map((parts) => ({
      query: list(parts.map(({ query }) => query)),
      value: parts.map(({ value }) => value),
      events: parts.flatMap(({ events }) => events),
    })),
    fc.tuple(tie('expected'), tie('expected')).map(([first, second]) => ({
      query: all({ first: first.query, second: second.query }),
      value: { first: first.value, second: second.value },
      events: [...first.events, ...second.events],
    })),
    fc
      .tuple(fc.nat(3), tie('expected'), fc.nat(3))
      .map(([before, { query, value, events }, behind]) => ({
        query: after(guards(before), query, guards(behind)),
        value,
        events,
      })),
    tie('expected').map(({ query, value, events }) => ({
      query: map(query, (inner) => ({ inner })),
      value: { inner: value },
      events,
    })),
  ),
}))

function guards(count: number): ReturnType<typeof sql.raw>[] {
  return Array.from({ length: count }, () => sql.raw(`g${counter++}`))
}

function rowsFor({ statements }: Query<unknown>): { text: string }[][] {
  return statements.map((statement) => {
    const { sql: text } = statement.toQuery({
      escapeName: (name) => name,
      escapeParam: () => '?',
      escapeString: (string) => string,
      casing: undefined as never,
    })
    return [{ text }]
  })
}

describe('queries', () => {
  it('read the rows of their own statements, however they are combined', () => {
    fc.assert(
      fc.property(expected, ({ query, value }) => {
        expect(query.read(rowsFor(query))).toEqual(value)
      }),
    )
  })

  it('carry the changes of every part, with the rows that they are read from', () => {
    fc.assert(
      fc.property(expected, ({ query, events }) => {
        expect(query.changes?.events(rowsFor(query)) ?? []).toEqual(events.map(event))
        expect(query.changes?.topics ?? []).toEqual([...new Set(events)])
      }),
    )
  })

  it('keep what else a plan says behind guards', async () => {
    const error = new Error('refused')
    const plan: Plan<string> = {
      ...constant('value'),
      errorFor: () => error,
      changesCatalog: true,
    }
    const guarded = after([sql`SELECT 1`], plan)
    expect(guarded.changesCatalog).toBe(true)
    expect(await guarded.errorFor?.({ kind: 'aborted', message: '' })).toBe(error)
    expect(await guarded.read([[]])).toBe('value')
  })

  it('leave rows as they are where nothing else is asked', () => {
    expect(rowsOf([sql`SELECT 1`]).read([[{ a: 1 }]])).toEqual([[{ a: 1 }]])
  })
})
