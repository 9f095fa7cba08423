import { describe, it } from 'vitest'
import { batchFailure } from '#database/abort.ts'

describe('why a batch failed', () => {
  it.for([
    {
      name: 'a guard',
      message: 'D1_ERROR: record:0:rule:: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_TRIGGER)',
      failure: { kind: 'aborted', message: 'record:0:rule:' },
    },
    {
      name: 'a unique index over columns',
      message:
        'D1_ERROR: UNIQUE constraint failed: posts.a, posts.b: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_UNIQUE)',
      failure: { kind: 'notUnique', table: 'posts', columns: ['a', 'b'] },
    },
    {
      name: 'a primary key',
      message:
        'D1_ERROR: UNIQUE constraint failed: posts.id: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_PRIMARYKEY)',
      failure: { kind: 'notUnique', table: 'posts', columns: ['id'] },
    },
    {
      name: 'a unique index over an expression',
      message:
        "D1_ERROR: UNIQUE constraint failed: index 'idx_lower': SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_UNIQUE)",
      failure: { kind: 'notUniqueIndex', index: 'idx_lower' },
    },
  ])('is read from what $name makes the database say', ({ message, failure }, { expect }) => {
    expect(batchFailure(new Error(message))).toEqual(failure)
  })

  it.for([
    new Error('D1_ERROR: no such table: posts: SQLITE_ERROR'),
    new Error('Network connection lost.'),
    'text',
    undefined,
  ])('is unknown for a defect: %s', (error, { expect }) => {
    expect(batchFailure(error)).toBeUndefined()
  })
})
