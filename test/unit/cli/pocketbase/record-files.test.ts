import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'vitest'
import { recordFiles } from '#cli/pocketbase/record-files.ts'
import { completeNew } from '#collections/complete-definition.ts'
import { decodeDefinition } from '#collections/decode-definition.ts'
import { blankFor } from '#collections/draft-definition.ts'

const body = {
  name: 'posts',
  type: 'base',
  fields: [
    { type: 'text', name: 'title' },
    { type: 'file', name: 'cover', maxSelect: 1 },
    { type: 'file', name: 'pages', maxSelect: 9 },
  ],
}
const posts = completeNew(decodeDefinition(blankFor(body, 'c1'), body).definition, {
  isTaken: () => false,
  now: new Date(),
})

function databaseWith(...rows: readonly (readonly string[])[]): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  database.exec('CREATE TABLE posts (id TEXT, title TEXT, cover TEXT, pages JSON)')
  const insert = database.prepare('INSERT INTO posts VALUES (?, ?, ?, ?)')
  for (const row of rows) insert.run(...row)
  return database
}

describe('the files that records name', () => {
  it('include every file field, in the order of the records', ({ expect }) => {
    const database = databaseWith(
      ['r2', 'x', 'a.png', '["b.txt","c.txt"]'],
      ['r1', 'a.png', '', '[]'],
      ['r3', '', '', '["d.txt"]'],
    )

    const paths = [...recordFiles(database, [posts])].map(({ key }) => key)

    expect(paths).toEqual(['c1/r2/a.png', 'c1/r2/b.txt', 'c1/r2/c.txt', 'c1/r3/d.txt'])
  })

  // A manipulated database could otherwise publish files of the machine.
  it('are never outside the folder of their record', ({ expect }) => {
    const database = databaseWith(
      ['r1', '', '../../../etc/passwd', '["..","a/b","a\\\\b","/etc/passwd","fine.txt"]'],
      ['../r2', '', 'key.pem', '[]'],
      ['..', '', 'key.pem', '[]'],
    )

    const inside = [...recordFiles(database, [posts])].filter(({ isSafe }) => isSafe)

    expect(inside.map(({ key }) => key)).toEqual(['c1/r1/fine.txt'])
  })
})
