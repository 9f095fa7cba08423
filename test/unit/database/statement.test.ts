import { DatabaseSync } from 'node:sqlite'
import { Param, type SQL, sql } from 'drizzle-orm'
import { describe, it } from 'vitest'
import { quoted, renderFast } from '#database/render.ts'
import { catalogRevisionTable } from '#database/schema.ts'
import { Slot, toStatement } from '#database/statement.ts'

/** More values than D1 binds, of every storage class. */
const values = Array.from({ length: 40 }, (_, n) => [n, n + 0.5, `text ${n} ' "`, null]).flat()

function selectTypes() {
  const columns = values.map((value) => sql`SELECT ${value} AS "v", typeof(${value}) AS "t"`)
  return sql.join(columns, sql` UNION ALL `)
}

function drizzleRendering(query: SQL) {
  const { sql: text, params } = query.toQuery({
    escapeName: quoted,
    escapeParam: () => '?',
    escapeString: (value) => `'${value}'`,
    casing: { getColumnCasing: (column: { name: string }) => column.name } as never,
  })
  return { sql: text, params }
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

  it('has the text and the parameters that Drizzle gives it', ({ expect }) => {
    const inner = sql`SELECT ${catalogRevisionTable.revision}, ${sql.identifier('a"b')} FROM ${catalogRevisionTable}`
    const parts = [sql`${1}`, sql`${'text'}`, sql`${null}`, sql`${true}`, sql.raw('2')]
    const query = sql`WITH ${undefined} (${inner}) SELECT ${sql.join(parts, sql`, `)}, ${new Slot(() => 1)}`

    const rendered = renderFast(query, () => '?')

    expect(rendered).toEqual({
      sql: 'WITH  (SELECT "_catalog_revision"."revision", "a""b" FROM "_catalog_revision") SELECT ?, ?, ?, ?, 2, ?',
      params: [1, 'text', null, true, expect.any(Slot)],
    })
    expect(rendered).toEqual(drizzleRendering(query))
  })

  it('is left to Drizzle if it has a part of another kind', ({ expect }) => {
    const query = sql`SELECT 1 WHERE 2 IN ${[1, 2]} AND ${new Param(5)} = ${sql`x`.as('y')}`

    expect(renderFast(query, () => '?')).toBeUndefined()
    expect(toStatement(query)).toMatchObject({
      sql: drizzleRendering(query).sql,
      params: [1, 2, 5],
    })
  })

  it('quotes names, so that none can end its identifier', ({ expect }) => {
    const { sql: text } = toStatement(sql`SELECT ${sql.identifier('a"b')}`)

    expect(text).toBe('SELECT "a""b"')
  })
})
