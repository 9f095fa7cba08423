import { describe, it } from 'vitest'
import { contentTypeOf, isContentType } from '#kernel/content-type.ts'
import { pictures } from '../../support/pictures.ts'

/** A text of which every character is a byte. */
function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

/** The beginning of an archive with entries of these names. */
function archive(...entries: readonly (readonly [name: string, content?: string])[]): Uint8Array {
  const parts = entries.map(([name, content = '']) => {
    const length = String.fromCharCode(name.length, 0)
    return `PK\x03\x04${'\0'.repeat(22)}${length}\0\0${name}${content}`
  })
  return bytes(parts.join(''))
}

const office = 'application/vnd.openxmlformats-officedocument.'

describe('the type of a content', () => {
  it.for([
    ['image/png', pictures.png],
    ['image/jpeg', pictures.jpeg],
    ['image/gif', pictures.gif],
    ['image/webp', pictures.webp],
    ['application/pdf', bytes('%PDF-1.7')],
    ['application/zip', archive(['a.txt'])],
    [`${office}wordprocessingml.document`, archive(['[Content_Types].xml'], ['word/document.xml'])],
    [`${office}spreadsheetml.sheet`, archive(['[Content_Types].xml'], ['xl/workbook.xml'])],
    [`${office}presentationml.presentation`, archive(['_rels/.rels'], ['ppt/presentation.xml'])],
    ['application/epub+zip', archive(['mimetype', 'application/epub+zip'])],
    ['video/mp4', bytes('\0\0\0\x18ftypmp42')],
    ['video/quicktime', bytes('\0\0\0\x14ftypqt  ')],
    ['audio/mpeg', bytes('ID3\x03')],
    ['application/octet-stream', bytes('\0\x01\x02\x03')],
    ['text/html; charset=utf-8', bytes('  <!DOCTYPE html><title>x</title>')],
    ['text/html; charset=utf-8', bytes('<script>alert(1)</script>')],
    ['image/svg+xml', bytes('<svg xmlns="http://www.w3.org/2000/svg">')],
    ['image/svg+xml', bytes('<?xml version="1.0"?><svg>')],
    ['application/json', bytes('{"a": [1, 2]}')],
    ['text/csv', bytes('a,b\n1,2\n')],
    ['text/plain; charset=utf-8', bytes('just words')],
    ['text/plain', bytes('')],
  ] as const)('is %s', ([type, content], { expect }) => {
    expect(contentTypeOf(content)).toBe(type)
  })

  it('is the same under each of its names', ({ expect }) => {
    expect(isContentType('image/jpeg', 'image/JPG')).toBe(true)
    expect(isContentType('text/plain; charset=utf-8', 'text/plain')).toBe(true)
    expect(isContentType('application/pdf', 'application/x-pdf')).toBe(true)
    expect(isContentType('image/png', 'image/jpeg')).toBe(false)
  })
})
