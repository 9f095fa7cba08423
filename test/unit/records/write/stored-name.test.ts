import fc from 'fast-check'
import { describe, it } from 'vitest'
import { storedName } from '#records/write/stored-name.ts'

const token = 'aaaaaaaaaabbbbbbbbbb'

function nameOf(name: string, content = 'plain text'): string {
  const head = new TextEncoder().encode(content)
  return storedName({ token, name, head, sizeBytes: head.length, content: { chunks: [head] } })
}

describe('the stored name of', () => {
  it.for([
    ['Test Image.png', 'test_image_aaaaaaaaaa.png'],
    ['archive.tar.gz', 'archive_aaaaaaaaaa.tar.gz'],
    ['a.png', 'abbbbbbbbbb_aaaaaaaaaa.png'],
    ['noext', 'noext_aaaaaaaaaa.txt'],
    ['myTestDB.txt', 'my_test_db_aaaaaaaaaa.txt'],
    ['日本.jpg', 'bbbbbbbbbb_aaaaaaaaaa.jpg'],
    ['.env', 'bbbbbbbbbb_aaaaaaaaaa.env'],
    ['A B__c-D.e f.png', 'a_b_c_d_aaaaaaaaaa.ef.png'],
    ['my.photo.v1.png', 'my_photo_aaaaaaaaaa.v1.png'],
    ['UPPER.PNG', 'upper_aaaaaaaaaa.PNG'],
    ['x.', 'xbbbbbbbbbb_aaaaaaaaaa.txt'],
    ['x.averyveryverylongextensionname', 'xbbbbbbbbbb_aaaaaaaaaa.erylongextensionname'],
    [`${'long'.repeat(40)}.txt`, `${'long'.repeat(25)}_aaaaaaaaaa.txt`],
    ['', 'bbbbbbbbbb_aaaaaaaaaa.txt'],
  ] as const)('%j is %s', ([name, stored], { expect }) => {
    expect(nameOf(name)).toBe(stored)
  })

  it('a file of unknown type has no extension', ({ expect }) => {
    expect(nameOf('no type bin', '\0\x01\x02')).toBe('no_type_bin_aaaaaaaaaa')
  })

  // The name becomes part of a key, a URL and a header.
  it('any name is short, harmless and unguessable', ({ expect }) => {
    const anyName = fc.string({ unit: 'binary', maxLength: 400 })
    fc.assert(
      fc.property(anyName, (name) => {
        expect(nameOf(name)).toMatch(/^[a-z0-9_]{3,100}_a{10}(?:\.[\w.*\-+=#]{1,20})?$/)
      }),
    )
  })
})
