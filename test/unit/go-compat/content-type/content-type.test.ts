import { describe, it } from 'vitest'
import { contentTypeOf, extensionOf, isContentType } from '#go-compat/content-type/content-type.ts'
import { archiveOf, fileSamples } from '../../../support/file-samples.ts'
import { pictures } from '../../../support/pictures.ts'

/** A string in which every character is a byte. */
function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

describe('the detected type', () => {
  it.for(
    fileSamples.map(([type, extension, content], at) => ({
      name: `${type} (${at})`,
      type,
      extension,
      content,
    })),
  )('is $name, with its ending', ({ type, extension, content }, { expect }) => {
    expect(contentTypeOf(bytes(content))).toBe(type)
    expect(extensionOf(bytes(content))).toBe(extension)
  })

  it('is right for real images', ({ expect }) => {
    expect(contentTypeOf(pictures.png)).toBe('image/png')
    expect(contentTypeOf(pictures.jpeg)).toBe('image/jpeg')
    expect(contentTypeOf(pictures.gif)).toBe('image/gif')
    expect(contentTypeOf(pictures.webp)).toBe('image/webp')
  })

  it.for([
    ['text/plain; charset=utf-8', 'BMW is a maker of cars'],
    ['text/plain; charset=utf-8', '<svg>'],
    ['text/plain; charset=utf-8', '{"a": 1'],
    ['text/plain; charset=utf-8', 'a,b\n1\n'],
    ['text/plain; charset=utf-8', '#!/usr/bin/perl5\n'],
    ['text/plain; charset=utf-8', '1\n00:00:02,000 --> 00:00:01,000\nHello\n'],
    ['text/plain; charset=windows-1252', 'a line\x85 gr\xfc\xdfe'],
    ['text/plain', 'no charset has \x80 alone'],
    ['text/html; charset=utf-8', '<!-- a page --><p>x</p>'],
    ['text/xml; charset=utf-8', '\xef\xbb\xbf<?xml version="1.0"?><a/>'],
    ['application/json', '{"a": {"type": "Point"}}'],
    ['application/json', '{"log": {"pages": [1]}}'],
    ['application/zip', archiveOf(['readme.txt'], ['word/document.xml'])],
    ['application/octet-stream', '\0\x01\0\0\0\x0a\0\x80\0\x03\0\x20zzzz'],
  ] as const)('is %s where it only looks like more: %s', ([type, content], { expect }) => {
    expect(contentTypeOf(bytes(content))).toBe(type)
  })

  it.for([
    { name: 'JSON', type: 'application/json', content: `[${'{"a": [1, "x"]}, '.repeat(300)}` },
    {
      name: 'GeoJSON',
      type: 'application/geo+json',
      content: `{"type": "FeatureCollection", "features": [${'{"type": "Feature"}, '.repeat(300)}`,
    },
    {
      name: 'JSON lines',
      type: 'application/x-ndjson',
      content: '{"a": "some text"}\n'.repeat(300),
    },
    { name: 'a table', type: 'text/csv', content: 'one,two,three\n'.repeat(300) },
    {
      name: 'UTF-8',
      type: 'text/plain; charset=utf-8',
      content: `x${'\xe2\x82\xac'.repeat(2000)}`,
    },
  ])('is told by the beginning of a long file: $name', ({ type, content }, { expect }) => {
    expect(contentTypeOf(bytes(content))).toBe(type)
  })

  it('takes little time for any content', { timeout: 30_000 }, ({ expect }) => {
    const unfriendly = [
      '[',
      '{"a":',
      '"',
      '<!--',
      '<',
      ' ',
      '\n',
      'PK\x03\x04',
      '\\',
      '<meta ',
      'a=',
      '#',
    ]
    for (const piece of unfriendly) {
      const content = bytes(piece.repeat(4000))
      const begun = performance.now()
      for (let n = 0; n < 20; n++) contentTypeOf(content)
      expect(performance.now() - begun, piece).toBeLessThan(5000)
    }
  })

  it('equals each of its aliases', ({ expect }) => {
    expect(isContentType('image/bmp', 'image/X-BMP')).toBe(true)
    expect(isContentType('text/plain; charset=utf-8', 'text/plain')).toBe(true)
    expect(isContentType('application/pdf', 'application/x-pdf; v=1')).toBe(true)
    expect(isContentType('image/png', 'image/jpeg')).toBe(false)
  })

  it('does not equal a more general type', ({ expect }) => {
    expect(isContentType('application/geo+json', 'application/json')).toBe(false)
    expect(isContentType('image/svg+xml', 'text/xml')).toBe(false)
  })
})
