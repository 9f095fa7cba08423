import { it } from 'vitest'
import { databaseFault } from '#collections/schema/database-error.ts'

const cases = [
  {
    text: 'D1_ERROR: no such column: zz: SQLITE_ERROR',
    fault: 'SQL logic error: no such column: zz (1)',
  },
  {
    text: 'D1_ERROR: near "x": syntax error at offset 12: SQLITE_ERROR',
    fault: 'SQL logic error: near "x": syntax error (1)',
  },
  {
    text: 'D1_ERROR: UNIQUE constraint failed: t.a: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_UNIQUE)',
    fault: 'constraint failed: UNIQUE constraint failed: t.a (2067)',
  },
  { text: 'D1_ERROR: database is locked: SQLITE_BUSY', fault: 'database is locked' },
  { text: 'Network connection lost.', fault: undefined },
]

it.for(cases)('reads "$text"', ({ text, fault }, { expect }) => {
  expect(databaseFault(new Error(text))).toBe(fault)
})
