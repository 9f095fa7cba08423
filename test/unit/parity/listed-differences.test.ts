import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import type { Difference } from '../../parity/compare.ts'
import { areas } from '../../parity/corpus/areas.ts'
import { type Place, parseListedDifferences } from '../../parity/listed-differences.ts'

const place: Place = { method: 'GET', path: '/api/x/records', scenario: 'area: a story' }

function covers(
  requests: string,
  parts: string,
  difference: Partial<Difference>,
  at = place,
): boolean {
  const text = `### A title (\`id\`)\n\nA reason.\n\nApplies to ${requests}: ${parts}.\n`
  const [entry] = parseListedDifferences(text)
  return entry?.covers(at, { kind: 'body', at: '$', left: '', right: '', ...difference }) === true
}

describe('the requests of an entry', () => {
  it.for([
    ['`GET /api/x/records`', true],
    ['`* /api/x/records`', true],
    ['`POST /api/x/records`', false],
    ['`GET /api/*/records`', true],
    ['`GET /api/*`', false],
    ['`GET /api/**`', true],
    ['`GET /api/x`', false],
    ['`POST /api/x`, `GET /api/x/records`', true],
    ['`scenario: area: a story`', true],
    ['`scenario: area:*`', true],
    ['`scenario: area`', false],
  ] as const)('%s covers the place: %s', ([where, isCovered], { expect }) => {
    expect(covers(where, '`body **`', {})).toBe(isCovered)
  })
})

describe('the parts of an entry', () => {
  it.for<[answer: string, difference: Partial<Difference>, isCovered: boolean]>([
    ['`body $.a`', { at: '$.a' }, true],
    ['`body $.a`', { at: '$.a.b' }, false],
    ['`body $.*`', { at: '$.a' }, true],
    ['`body $.*`', { at: '$.a.b' }, false],
    ['`body $.**`', { at: '$.a.b' }, true],
    ['`body $.items[*].a`', { at: '$.items[12].a' }, true],
    ['`order $.a`', { at: '$.a' }, false],
    ['`text $.a`, `body $.a`', { at: '$.a' }, true],
    ['`header x-*`', { kind: 'header', at: 'x-frame-options' }, true],
    ['`status`', { kind: 'status', left: '200', right: '400' }, true],
    ['`status 200 -> 400`', { kind: 'status', left: '200', right: '400' }, true],
    ['`status 400 -> 200`', { kind: 'status', left: '200', right: '400' }, false],
    ['`status`', { kind: 'body' }, false],
  ])('%s covers %j: %s', ([answer, difference, isCovered], { expect }) => {
    expect(covers('`* /**`', answer, difference)).toBe(isCovered)
  })
})

const entry = '### A title (`a`)\n\nA reason.\n\nApplies to `GET /a`: `body $`.\n'

describe('the list', () => {
  it('reads wrapped entries among other text', ({ expect }) => {
    const text = [
      '# Differences\n\nWords, and `code`.\n\n## An area\n',
      entry,
      '### A title without an id\n\nOnly words.\n',
      '### Another `title` (`b-2`)\n\nA reason\nof two.\n\nParagraphs.\n',
      'Applies to `GET /a`,\n`scenario: a, b`:\n`body $`.\n',
    ].join('\n')

    const entries = parseListedDifferences(text)

    expect(entries.map(({ id, reason, requests }) => [id, reason, requests])).toEqual([
      ['a', 'A reason.', ['GET /a']],
      ['b-2', 'A reason of two.\n\nParagraphs.', ['GET /a', 'scenario: a, b']],
    ])
  })

  it.for([
    ['an id twice', `${entry}\n${entry}`],
    ['no id', entry.replace(' (`a`)', '')],
    ['an id that is not set as code', entry.replaceAll('(`a`)', '(a)')],
    ['an id elsewhere than at the end', entry.replace('A title (`a`)', '`a`: a title')],
    ['no title', entry.replace('A title ', '')],
    ['a heading of another level', entry.replace('###', '##')],
    ['no reason', entry.replace('A reason.\n\n', '')],
    ['nowhere to apply', entry.replace('Applies to', 'Seen at')],
    ['text after where it applies', `${entry}\nMore.\n`],
    ['where it applies twice', `${entry}\nApplies to \`GET /b\`: \`body $\`.\n`],
    ['no requests', entry.replace('`GET /a`', '')],
    ['no parts', entry.replace(': `body $`', '')],
    ['a request that is not set as code', entry.replace('`GET /a`', 'GET /a')],
    ['words between the requests', entry.replace('`GET /a`', '`GET /a` and `GET /b`')],
    ['no period at the end', entry.replace('`body $`.', '`body $`')],
    ['a request without a path', entry.replace('GET /a', 'GET')],
    ['an empty name of a scenario', entry.replace('GET /a', 'scenario: ')],
    ['an unknown part', entry.replace('body $', 'words $')],
    ['a part without a place', entry.replace('body $', 'body')],
    ['a status without its counterpart', entry.replace('body $', 'status 400')],
    ['where it applies alone', entry.replace('\n\nA reason.\n', '')],
    ['half an entry outside a heading', 'Applies to `GET /a`: `body $`.\n'],
  ] as const)('is refused with %s', ([, text], { expect }) => {
    expect(text).not.toBe(entry)
    expect(() => parseListedDifferences(text)).toThrow(Error)
  })
})

describe('docs/differences.md', async () => {
  const text = await readFile(join(import.meta.dirname, '../../../docs/differences.md'), 'utf8')

  it('names scenarios that exist', ({ expect }) => {
    const names = areas.flatMap(({ scenarios }) => scenarios.map(({ name }) => name))
    const listed = parseListedDifferences(text)
      .flatMap(({ requests }) => requests)
      .flatMap((request) => /^scenario: ([^*]+)$/.exec(request)?.[1] ?? [])

    expect(listed.length).toBeGreaterThan(10)
    expect(listed.filter((name) => !names.includes(name))).toEqual([])
  })
})
