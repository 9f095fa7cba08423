import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'vitest'
import { rowsAfter } from '#cli/pocketbase/record-rows.ts'
import { beforeAllRows } from '#transfer/source.ts'
import { completeNew } from '#collections/complete-definition.ts'
import { decodeDefinition } from '#collections/decode-definition.ts'
import { blankFor } from '#collections/draft-definition.ts'

const body = {
  name: 'notes',
  type: 'base',
  fields: [
    { type: 'text', name: 'text' },
    { type: 'number', name: 'number' },
    { type: 'json', name: 'json' },
  ],
}
const notes = completeNew(decodeDefinition(blankFor(body, 'notes_id'), body).definition, {
  isTaken: () => false,
  now: new Date(),
})

describe('the rows of a PocketBase', () => {
  it.for([
    { name: 'bytes', sql: "x'00ff'", value: { blob: '00FF' } },
    { name: 'no bytes', sql: "x''", value: { blob: '' } },
    { name: 'bytes of a text', sql: "x'6869'", value: { blob: '6869' } },
    { name: 'a text that is not UTF-8', sql: "CAST(x'61ff' AS TEXT)", value: { text: '61FF' } },
    { name: 'a text with U+FFFD', sql: "'a\uFFFD'", value: 'a\uFFFD' },
    { name: 'a text with NUL', sql: "'a' || char(0) || 'b'", value: 'a\0b' },
  ])('keep $name in every column', ({ sql, value }, { expect }) => {
    const database = new DatabaseSync(':memory:')
    database.exec('CREATE TABLE notes (id TEXT, text TEXT, number NUMERIC, json JSON)')
    database.exec(`INSERT INTO notes VALUES ('a', ${sql}, ${sql}, ${sql})`)

    const [row] = rowsAfter(database, notes, beforeAllRows, 10)

    expect(row?.values).toEqual({ id: 'a', text: value, number: value, json: value })
  })

  it('keep infinities and integers past 2^53', ({ expect }) => {
    const database = new DatabaseSync(':memory:')
    database.exec('CREATE TABLE notes (id TEXT, text TEXT, number NUMERIC, json JSON)')
    database.exec("INSERT INTO notes VALUES ('a', '', 9e999, -9e999)")
    database.exec("INSERT INTO notes VALUES ('b', '', 9223372036854775807, 9007199254740991)")

    const values = rowsAfter(database, notes, beforeAllRows, 10).map((row) => row.values)

    expect(values).toEqual([
      { id: 'a', text: '', number: Infinity, json: -Infinity },
      { id: 'b', text: '', number: 2n ** 63n - 1n, json: Number.MAX_SAFE_INTEGER },
    ])
  })
})
