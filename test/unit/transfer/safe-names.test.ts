import { describe, it } from 'vitest'
import { fileKeyOf } from '#backups/archive-layout.ts'
import { assertCollectionIds, isCollectionId, isSafeName } from '#transfer/safe-names.ts'

const neverNames = [
  '',
  '.',
  '..',
  '...',
  '. .',
  '.. ',
  ' ',
  'a/b',
  '/etc/passwd',
  'a\\b',
  '..\\..\\config',
  'C:config',
  'a.txt:stream',
  'a\0.txt',
  'a\n.txt',
  'a\u007F',
  'a\u0085',
  '\uD800',
  'CON',
  'nul.txt',
  'Aux.tar.gz',
  'com1',
  'LPT9.png',
  'com¹.txt',
  'CONIN$',
  'prn .txt',
  'x'.repeat(250),
  'ü'.repeat(125),
]

describe('the name of a record or a file', () => {
  it.for(neverNames)('is never %j', (name, { expect }) => {
    expect(isSafeName(name)).toBe(false)
    expect(fileKeyOf(`storage/posts/${name}/a.txt`)).toBeUndefined()
    expect(fileKeyOf(`storage/posts/record/${name}`)).toBeUndefined()
  })

  it.for([
    'a.txt',
    'photo_8sd7f6g5h4.jpeg',
    'console.log',
    'community.png',
    'nul_1',
    'a..b',
    '.hidden',
    'trailing.',
    'Größe 1.txt',
    '\u{1F600}.png',
    'x'.repeat(249),
  ])('may be %j', (name, { expect }) => {
    expect(isSafeName(name)).toBe(true)
  })
})

describe('the id of a collection', () => {
  it.for([...neverNames.filter((name) => !/^\w+$/.test(name)), '@backups', 'é', 'x'.repeat(101)])(
    'is never %j',
    (id, { expect }) => {
      expect(isCollectionId(id)).toBe(false)
      expect(fileKeyOf(`storage/${id}/record/a.txt`)).toBeUndefined()
      expect(() => assertCollectionIds([{ id, name: 'posts' }])).toThrow(/The collection "posts"/)
    },
  )

  it('may be an id of PocketBase', ({ expect }) => {
    const ids = ['_pb_users_auth_', 'pbc_3142635823', 'kpv709sk2lqbqk8', 'x'.repeat(100)]

    expect(ids.every(isCollectionId)).toBe(true)
  })
})
