import { describe, it } from 'vitest'
import { readIndex, writeIndex } from '#dashboard/schema/indexes/index-sql.ts'

describe('index as a form', () => {
  it.for([
    'CREATE INDEX `a` ON `posts` (`title`)',
    "CREATE UNIQUE INDEX `a` ON `posts` (`title`, `author`) WHERE `title` != ''",
    "CREATE INDEX `a` ON `posts` (lower(`title`), json_extract(`meta`, '$.a'))",
    'CREATE INDEX `a` ON `posts` (`title` COLLATE NOCASE, `b` DESC)',
  ])('writes what it read: %s', (sql, { expect }) => {
    const parts = readIndex(sql)

    expect(parts === undefined ? undefined : writeIndex(parts)).toBe(sql)
  })

  it('reads other spellings', ({ expect }) => {
    expect(readIndex('create unique index if not exists "a" on [posts] ("title") ;')).toEqual({
      name: 'a',
      collection: 'posts',
      isUnique: true,
      columns: ['title'],
      condition: '',
    })
  })

  it.for(['', 'CREATE INDEX', 'CREATE INDEX a ON b (c', 'CREATE INDEX a ON b (c) USING x'])(
    'leaves to the text what it cannot show: %s',
    (sql, { expect }) => {
      expect(readIndex(sql)).toBeUndefined()
    },
  )
})
