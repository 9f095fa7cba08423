import { DatabaseSync } from 'node:sqlite'
import { sql } from 'drizzle-orm'
import { describe, it } from 'vitest'
import { toStatement } from '#database/statement.ts'
import { parseFilter } from '#filter/syntax/parse.ts'
import { createSimpleQuery } from '#filter/simple-query.ts'

const database = new DatabaseSync(':memory:')
database.exec(`
  CREATE TABLE logs (id TEXT, level INTEGER, message TEXT, data TEXT, secret TEXT);
  INSERT INTO logs VALUES ('a', 0, 'GET /', '{"status":200,"tags":["x"]}', 's'), ('b', 8, 'boom', '{}', 's');
`)

function ask(filter: string, sort = ''): unknown[] | string {
  const query = createSimpleQuery({
    alias: 'logs',
    columns: ['id', 'level', 'message', 'data'],
    jsonColumns: ['data'],
  })
  const parsed = parseFilter(filter)
  const where = parsed.ok ? query.where(parsed.filter) : parsed
  const order = query.orderBy(sort)
  if (!where.ok) return where.fault.message
  if (!order.ok) return order.fault.message

  const by = order.terms.length === 0 ? sql`` : sql`ORDER BY ${sql.join([...order.terms], sql`, `)}`
  const statement = toStatement(sql`SELECT id FROM logs WHERE ${where.sql} ${by}`)
  const rows = database.prepare(statement.sql).all(...(statement.params as string[]))
  return rows.map((row) => row['id'])
}

describe('finds', () => {
  const cases = [
    { filter: 'level > 0', ids: ['b'] },
    { filter: "message ~ 'get'", ids: ['a'] },
    { filter: 'data.status = 200', ids: ['a'] },
    { filter: 'data.status = null', ids: ['b'] },
    { filter: "data.tags.0 = 'x' || level = 8", ids: ['a', 'b'] },
    { filter: "data ~ 'status'", ids: ['a'] },
    { filter: '@now > level', ids: ['a', 'b'] },
  ]

  for (const { filter, ids } of cases) {
    it(filter, ({ expect }) => {
      expect(ask(filter)).toEqual(ids)
    })
  }

  it('in the requested order', ({ expect }) => {
    expect(ask('1=1', '-level')).toEqual(['b', 'a'])
    expect(ask('1=1', 'data.status,@rowid')).toEqual(['b', 'a'])
  })
})

describe('refuses', () => {
  for (const filter of [
    'secret = 1',
    'level:lower = 1',
    'message.x = 1',
    '@request.auth.id = 1',
    '@collection.logs.id = 1',
    'data..x = 1',
  ]) {
    it(filter, ({ expect }) => {
      expect(ask(filter)).toEqual(expect.any(String))
    })
  }

  it('unknown sort fields', ({ expect }) => {
    expect(ask('1=1', 'secret')).toEqual(expect.any(String))
  })
})
