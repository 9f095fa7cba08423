import { describe, it } from 'vitest'
import { readMultipart } from '#http/body/multipart.ts'
import { collected, utf8Text } from '#kernel/bytes.ts'
import { oddForms, oddFormType } from '../../../support/odd-forms.ts'

const type = 'multipart/form-data; boundary=b'

interface Part {
  readonly name: string
  readonly fileName: string | undefined
  readonly bytes: Uint8Array
}

/** The parts of a form that arrives in chunks of this size. */
async function partsOf(
  body: Uint8Array,
  contentType = type,
  pieceBytes = body.length,
): Promise<Part[]> {
  const parts: Part[] = []
  for await (const { name, fileName, content } of readMultipart(
    pieces(body, pieceBytes),
    contentType,
  )) {
    parts.push({ name, fileName, bytes: await collected(content) })
  }
  return parts
}

async function* pieces(body: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += pieceBytes) yield body.subarray(at, at + pieceBytes)
}

async function parse(
  text: string,
  contentType = type,
  pieceBytes?: number,
): Promise<[string, string][]> {
  const parts = await partsOf(new Uint8Array(Buffer.from(text)), contentType, pieceBytes)
  return parts.map(({ name, bytes }) => [name, utf8Text(bytes)])
}

/** A form with one part with these headers. */
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
      'an empty file input, which is no part',
      part('Content-Disposition: form-data; name=t; filename=""', ''),
      [],
    ],
  ] as const)('has %s, however it arrives', async ([, text, entries], { expect }) => {
    for (const pieceBytes of [undefined, 1, 2, 3, 7]) {
      expect(await parse(text, type, pieceBytes)).toEqual(entries)
    }
  })

  it.for(oddForms)(
    'with $name is read whole or rejected, whatever the chunks',
    async ({ type: contentType = oddFormType, body, parts }, { expect }) => {
      for (const pieceBytes of [undefined, 1, 2, 3, 7]) {
        const read = partsOf(new Uint8Array(Buffer.from(body)), contentType, pieceBytes)
        if (parts === 'refused') {
          await expect(read).rejects.toThrow()
          continue
        }
        const found = (await read).map(({ name, bytes, fileName }) => {
          return fileName === undefined
            ? [name, utf8Text(bytes)]
            : [name, utf8Text(bytes), fileName]
        })

        expect(found).toEqual(parts)
      }
    },
  )

  it('with unfinished quotes takes linear time', async ({ expect }) => {
    const header = `Content-Disposition: form-data${';a="'.repeat(15_000)}`

    await expect(parse(part(header))).rejects.toThrow(SyntaxError)
  })

  it('keeps the order of names and their repetition', async ({ expect }) => {
    const fields = ['a', 'b', 'a'].map(
      (name, i) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${i}\r\n`,
    )

    expect(await parse(`${fields.join('')}--b--`)).toEqual([
      ['a', '0'],
      ['b', '1'],
      ['a', '2'],
    ])
  })

  it('has files named by the last segment of their path', async ({ expect }) => {
    const body = part(
      'Content-Disposition: form-data; name=f; filename="/tmp/a.png"\r\nContent-Type: image/png',
    )

    const [found] = await partsOf(new Uint8Array(Buffer.from(body)))

    expect([found?.name, found?.fileName, utf8Text(found?.bytes ?? new Uint8Array())]).toEqual([
      'f',
      'a.png',
      'x',
    ])
  })

  it('has files with any bytes', async ({ expect }) => {
    const content = Uint8Array.from({ length: 1024 }, (_, i) => (i % 2 === 0 ? 0x0d : i % 256))
    const [head = '', tail = ''] = part('Content-Disposition: form-data; name=f; filename=f').split(
      'x',
    )
    const body = Buffer.concat([Buffer.from(head), content, Buffer.from(tail)])

    for (const pieceBytes of [body.length, 1, 100]) {
      const [found] = await partsOf(new Uint8Array(body), type, pieceBytes)

      expect(found?.bytes).toEqual(content)
    }
  })

  it('accepts a quoted boundary', async ({ expect }) => {
    const text = part('Content-Disposition: form-data; name=t').replaceAll('--b', '--a; b')

    expect(await parse(text, 'multipart/form-data; boundary="a; b"')).toEqual([['t', 'x']])
  })

  it.for([
    ['no boundary', part('Content-Disposition: form-data; name=t'), 'multipart/form-data'],
    ['another boundary', part('Content-Disposition: form-data; name=t'), `${type}x`],
    ['no end', '--b\r\nContent-Disposition: form-data; name=t\r\n\r\nx\r\n', type],
    ['nothing', '', type],
  ] as const)('is refused with %s', async ([, text, contentType], { expect }) => {
    await expect(parse(text, contentType)).rejects.toThrow(SyntaxError)
  })

  it('skips unread parts', async ({ expect }) => {
    const file = 'Content-Disposition: form-data; name=f; filename=f'
    const body = `--b\r\n${file}\r\n\r\n${'x'.repeat(100)}\r\n${part('Content-Disposition: form-data; name=t')}`
    const names: string[] = []

    for await (const { name } of readMultipart(pieces(Buffer.from(body), 10), type)) {
      names.push(name)
    }

    expect(names).toEqual(['f', 't'])
  })

  it('has at most a thousand parts', async ({ expect }) => {
    const parts = (count: number): string =>
      '--b\r\nContent-Disposition: form-data; name=t\r\n\r\nx\r\n'.repeat(count) + '--b--\r\n'

    expect(await parse(parts(1000))).toHaveLength(1000)
    await expect(parse(parts(1001))).rejects.toThrow(SyntaxError)
  })

  it('is rejected for headers without an end', async ({ expect }) => {
    const endless = `--b\r\nContent-Disposition: ${'x'.repeat(100_000)}`

    await expect(parse(endless, type, 1000)).rejects.toThrow(SyntaxError)
  })
})
