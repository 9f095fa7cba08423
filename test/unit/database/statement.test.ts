import { DatabaseSync } from 'node:sqlite'
import { sql } from 'drizzle-orm'
import { describe, it } from 'vitest'
import { toStatement } from '#database/statement.ts'

/** More values than D1 binds, of every storage class. */
const values = Array.from({ length: 40 }, (_, n) => [n, n + 0.5, `text ${n} ' "`, null]).flat()

function selectTypes() {
  const columns = values.map((value) => sql`SELECT ${value} AS "v", typeof(${value}) AS "t"`)
  return sql.join(columns, sql` UNION ALL `)
}

describe('a statement', () => {
  it('binds up to a hundred values one by one', ({ expect }) => {
    const query = sql`SELECT ${sql.join(Array(100).fill(sql`${1}`), sql`, `)}`

    const { sql: text, params } = toStatement(query)

    expect(params).toHaveLength(100)
    expect(text).not.toContain('json_extract')
  })

  it('packs more values into one parameter and keeps their types', ({ expect }) => {
    const database = new DatabaseSync(':memory:')
    const { sql: text, params } = toStatement(selectTypes())

    const rows = database.prepare(text).all(...(params as string[]))

    expect(params).toHaveLength(1)
    expect(rows.map((row) => row['v'])).toEqual(values)
    // D1 binds every JavaScript number as a real.
    expect(rows.slice(0, 4).map((row) => row['t'])).toEqual(['real', 'real', 'text', 'null'])
  })

  it('quotes names, so that none can end its identifier', ({ expect }) => {
    const { sql: text } = toStatement(sql`SELECT ${sql.identifier('a"b')}`)

    expect(text).toBe('SELECT "a""b"')
  })
})
