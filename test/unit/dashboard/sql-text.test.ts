import { describe, it } from 'vitest'
import { mayWrite, planOf, positionOf, verbOf } from '#dashboard/operations/sql-text.ts'

describe('a statement that may write', () => {
  it.for([
    ['SELECT 1', false],
    ['-- delete\n/* drop */ select * from posts', false],
    ["WITH a AS (SELECT 'delete') SELECT * FROM a", false],
    ['explain delete from posts', false],
    ['WITH a AS (SELECT 1) DELETE FROM posts', true],
    ["/* select */ delete from posts where title = 'select'", true],
    ['vacuum', true],
    ['', true],
  ] as const)('%s: %s', ([statement, writes], { expect }) => {
    expect(mayWrite(statement)).toBe(writes)
  })

  it('is named by its first word', ({ expect }) => {
    expect(verbOf('-- select\n  drop table x')).toBe('DROP')
  })
})

describe('the position of an error', () => {
  it.for([
    ['SELECT * FORM posts', 'near "FORM": syntax error at offset 9: SQLITE_ERROR.', 'FORM', 9],
    ['SELECT é, x FROM p WHERE x', 'no such column: x at offset 11', 'x', 10],
    ['UPDATE posts SET nope = 1', 'no such column: nope: SQLITE_ERROR.', 'nope', 17],
    ['SELECT abs() FROM p', 'wrong number of arguments to function abs() at offset 7', 'abs', 7],
  ] as const)('%s', ([statement, message, word, at], { expect }) => {
    const found = positionOf(statement, message)

    expect(found).toEqual({ from: at, to: at + word.length })
  })

  it('is unknown if the message names none', ({ expect }) => {
    expect(positionOf('SELECT (1', 'syntax error')).toBeUndefined()
  })
})

it('marks the steps of a plan that read a whole table', ({ expect }) => {
  const steps = planOf([
    ['2', '0', '0', 'SCAN p'],
    ['4', '2', '0', 'SEARCH a USING INDEX i (id=?)'],
    ['6', '0', '0', 'SCAN p USING COVERING INDEX i'],
  ])

  expect(steps.map(({ depth, isFullScan }) => [depth, isFullScan])).toEqual([
    [0, true],
    [1, false],
    [0, false],
  ])
})
