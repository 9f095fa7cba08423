import { describe, it } from 'vitest'
import { type FormEntry, parseMultipart } from '#http/multipart.ts'

const type = 'multipart/form-data; boundary=b'

function parse(text: string, contentType = type): readonly FormEntry[] {
  return parseMultipart(new Uint8Array(Buffer.from(text)), contentType)
}

/** A form of one part with these headers. */
function part(headers: string, content = 'x'): string {
  return `--b\r\n${headers}\r\n\r\n${content}\r\n--b--\r\n`
}

describe('a multipart form', () => {
  it.for([
    ['one part', part('Content-Disposition: form-data; name="t"'), [['t', 'x']]],
    ['a name without quotes', part('Content-Disposition: form-data; name=t'), [['t', 'x']]],
    ['header names in any case', part('content-DISPOSITION:form-data;NAME=t'), [['t', 'x']]],
    [
      'a quote and a semicolon in a name',
      part('Content-Disposition: form-data; name="a\\";b"'),
      [['a";b', 'x']],
    ],
    [
      'a name in another encoding',
      part("Content-Disposition: form-data; name*=UTF-8''%C3%A4"),
      [['ä', 'x']],
    ],
    [
      'a broken name in another encoding',
      part("Content-Disposition: form-data; name*=UTF-8''%zz"),
      [['%zz', 'x']],
    ],
    ['empty content', part('Content-Disposition: form-data; name=t', ''), [['t', '']]],
    [
      'lines and dashes in the content',
      part('Content-Disposition: form-data; name=t', '\r\n--\r\n--bb\r\n\r\n'),
      [['t', '\r\n--\r\n--bb\r\n\r\n']],
    ],
    [
      'text with an empty file name',
      part('Content-Disposition: form-data; name=t; filename=""'),
      [['t', 'x']],
    ],
    ['no part', '--b--', []],
    [
      'a preamble and an epilogue',
      `hello\r\n${part('Content-Disposition: form-data; name=t')}bye`,
      [['t', 'x']],
    ],
    [
      'a part without a name, which says nothing',
      part('Content-Disposition: form-data; name=""'),
      [],
    ],
    [
      'a part that is no field, which says nothing',
      part('Content-Disposition: inline; name=t'),
      [],
    ],
    ['a part without headers, which says nothing', '--b\r\n\r\nx\r\n--b--', []],
    [
      'a file input that nobody filled, which says nothing',
      part('Content-Disposition: form-data; name=t; filename=""', ''),
      [],
    ],
  ] as const)('has %s', ([, text, entries], { expect }) => {
    expect(parse(text)).toEqual(entries)
  })

  it('keeps the order and the repetition of names', ({ expect }) => {
    const fields = ['a', 'b', 'a'].map(
      (name, i) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${i}\r\n`,
    )

    expect(parse(`${fields.join('')}--b--`)).toEqual([
      ['a', '0'],
      ['b', '1'],
      ['a', '2'],
    ])
  })

  it('has files, with the last part of their path as name', async ({ expect }) => {
    const [entry] = parse(
      part(
        'Content-Disposition: form-data; name=f; filename="/tmp/a.png"\r\nContent-Type: image/png',
      ),
    )
    const file = entry?.[1] as File

    expect(entry?.[0]).toBe('f')
    expect([file.name, file.type, await file.text()]).toEqual(['a.png', 'image/png', 'x'])
  })

  it('has files with any bytes in them', async ({ expect }) => {
    const content = Uint8Array.from({ length: 1024 }, (_, i) => (i % 2 === 0 ? 0x0d : i % 256))
    const [head = '', tail = ''] = part('Content-Disposition: form-data; name=f; filename=f').split(
      'x',
    )
    const body = Buffer.concat([Buffer.from(head), content, Buffer.from(tail)])

    const [entry] = parseMultipart(new Uint8Array(body), type)

    expect(new Uint8Array(await new Blob([entry?.[1] ?? '']).arrayBuffer())).toEqual(content)
  })

  it('takes a quoted boundary', ({ expect }) => {
    const text = part('Content-Disposition: form-data; name=t').replaceAll('--b', '--a; b')

    expect(parse(text, 'multipart/form-data; boundary="a; b"')).toEqual([['t', 'x']])
  })

  it.for([
    ['no boundary', part('Content-Disposition: form-data; name=t'), 'multipart/form-data'],
    ['another boundary', part('Content-Disposition: form-data; name=t'), `${type}x`],
    ['no end', '--b\r\nContent-Disposition: form-data; name=t\r\n\r\nx\r\n', type],
    ['nothing', '', type],
  ] as const)('is refused with %s', ([, text, contentType], { expect }) => {
    expect(() => parse(text, contentType)).toThrow(SyntaxError)
  })
})
