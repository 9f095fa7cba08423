import { describe, it } from 'vitest'
import { formatAttributes, parseAttributes } from '#cli/pocketbase/file-attributes.ts'

describe('the attributes of a stored file', () => {
  it('are read as PocketBase writes them', ({ expect }) => {
    const written =
      '{"user.cache_control":"","user.content_disposition":"","user.content_encoding":"",' +
      '"user.content_language":"","user.content_type":"text/plain; charset=utf-8",' +
      '"user.metadata":{"original-filename":"Größe A.txt"},"md5":"XUFAKrxLKna5cZ2REBfFkg=="}\n'

    const attributes = parseAttributes(written)

    expect(attributes).toEqual({
      contentType: 'text/plain; charset=utf-8',
      originalName: 'Größe A.txt',
      md5: '5d41402abc4b2a76b9719d911017c592',
    })
    expect(formatAttributes(attributes)).toBe(written)
  })

  it.for(['', 'null', '[]', '{"user.content_type":5,"md5":"?","user.metadata":"x"}', '{"a'])(
    'are empty if they cannot be read: %s',
    (text, { expect }) => {
      expect(parseAttributes(text)).toEqual({})
    },
  )
})
