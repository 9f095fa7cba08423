import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'vitest'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { formatIndex, parseIndex } from '#catalog/indexes.ts'
import { findRefusedIndex } from '#collections/schema/refused-index.ts'

const fine = 'CREATE INDEX fine ON posts (title)'

function definitionWith(indexes: readonly string[]): CollectionDefinition {
  const field = { type: 'text', system: false, hidden: false, presentable: false }
  return {
    id: 'pbc_posts',
    name: 'posts',
    type: 'base',
    system: false,
    listRule: null,
    viewRule: null,
    createRule: null,
    updateRule: null,
    deleteRule: null,
    fields: ['id', 'title', 'n'].map((name) => ({ ...field, id: name, name })),
    indexes,
    created: '',
    updated: '',
    options: {},
  }
}

/** The database's message for creating the indexes in order. */
function messageOf(indexes: readonly string[]): string {
  const db = new DatabaseSync(':memory:')
  db.exec(`CREATE TABLE posts (id TEXT PRIMARY KEY, title TEXT, n NUMERIC);
    CREATE INDEX taken ON posts (n);
    INSERT INTO posts VALUES ('a', 'x', 1), ('b', 'x', 1)`)
  try {
    for (const index of indexes.map(parseIndex)) if (index) db.exec(formatIndex(index))
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
  return ''
}

describe('findRefusedIndex', () => {
  it.for([
    'CREATE INDEX bad ON posts (nope)',
    'CREATE INDEX bad ON posts (lower("nope"))',
    'CREATE INDEX bad ON posts (n) WHERE nope > 1',
    'CREATE INDEX bad ON posts (nope(n))',
    'CREATE INDEX bad ON posts (n COLLATE nope)',
    'CREATE INDEX bad ON posts (n) WHERE n > > 1',
    'CREATE INDEX Taken ON posts (n)',
    'CREATE UNIQUE INDEX bad ON posts (`Title`, n)',
    'CREATE UNIQUE INDEX bad ON posts (lower(title))',
  ])('tells which index is at fault: %s', (bad, { expect }) => {
    const indexes = [fine, bad, fine.replace('fine', 'unread')]

    const position = findRefusedIndex(definitionWith(indexes), messageOf(indexes))

    expect(position).toBe(1)
  })

  it.for([
    { name: 'a column of a view', message: 'no such column: title' },
    { name: 'a qualified column of a view', message: 'no such column: fine.n' },
    { name: 'another failure', message: 'database is locked' },
    { name: 'another unique index', message: 'UNIQUE constraint failed: users.email' },
  ])('blames none for $name', ({ message }, { expect }) => {
    expect(findRefusedIndex(definitionWith([fine]), message)).toBeUndefined()
  })
})
