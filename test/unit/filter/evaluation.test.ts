import { describe, it } from 'vitest'
import { World } from './collections.ts'

const fields = {
  t: 'text',
  n: 'number',
  b: 'bool',
  j: 'json',
  m: 'selects',
  s: 'select',
  p: 'geoPoint',
  d: 'text',
} as const

/** True if a record with these values matches. */
function matches(row: Readonly<Record<string, unknown>>, filter: string): boolean | string {
  const world = new World({ rows: { fields, rows: [{ id: 'r', ...row }] } })
  const found = world.ask({ in: 'rows', filter, now: new Date('2024-02-29T12:34:56.789Z') })
  return typeof found === 'string' ? found : found.length === 1
}

interface Case {
  readonly row: Readonly<Record<string, unknown>>
  readonly yes?: readonly string[]
  readonly no?: readonly string[]
}

function describeCases(name: string, cases: readonly Case[]): void {
  describe(name, () => {
    for (const { row, yes = [], no = [] } of cases) {
      for (const filter of [...yes, ...no]) {
        const isYes = yes.includes(filter)
        it(`${JSON.stringify(row)} ${isYes ? 'matches' : 'does not match'} ${filter}`, ({
          expect,
        }) => {
          expect(matches(row, filter)).toBe(isYes)
        })
      }
    }
  })
}

describeCases('empty and missing values', [
  {
    row: { t: '' },
    yes: ['t = null', "t = ''", 'null = t', "'' = t"],
    no: ['t != null', "t != ''", "'' != t"],
  },
  { row: { t: 'x' }, yes: ["t != ''", 't != null', "'' != t"], no: ["t = ''", 'null = t'] },
  { row: { n: 0 }, yes: ["n != ''", 'n != null'], no: ["n = ''", 'n = null'] },
  {
    row: { j: null },
    yes: ['j = null'],
    no: ["j = ''"],
  },
  { row: { j: '"x"', t: '' }, yes: ['j != null', 'j.a = null'], no: ['j = null'] },
  { row: { j: '""' }, yes: ["j = ''"], no: ['j = null'] },
  {
    row: {},
    yes: ["'' = null", "'' = ''", 'null = null', 'true != null'],
    no: ["'' != null", 'null != null'],
  },
  { row: { t: '', s: '' }, yes: ['t = s'], no: ['t != s'] },
])

describeCases('kinds of values', [
  {
    row: { n: 5 },
    yes: ["n = '5'", 'n = 5', '5 = n', 'n ~ 5', "n ~ '5'"],
    no: ["n = '5.5'", 't = 5'],
  },
  { row: { n: 1, t: '1' }, yes: ['n != t', "n = '1'", 't = true'], no: ['n = t', 't = 1'] },
  {
    row: { b: true },
    yes: ['b = true', 'b != false', 'b = 1', 'TRUE = b', 'b ~ 1'],
    no: ['b = false', 'b = null', "b = 'true'"],
  },
  { row: { b: false }, yes: ['b = false', 'b = 0', 'b != null'], no: ['b = true'] },
  { row: { t: "it's" }, yes: [String.raw`t = 'it\'s'`, `t = "it's"`] },
  {
    row: {},
    yes: ['1 = 1', '1 < 2', "'a' < 'b'"],
    no: ['1 = 2', 'null > 1', 'null < 1', 'true = null'],
  },
  { row: { t: 'B' }, yes: ["t < 'a'", "t:lower = 'b'", "t:lower > 'a'"], no: ["t = 'b'"] },
])

describeCases('JSON', [
  {
    row: { j: { a: [1, 2] } },
    yes: ['j.a.1 = 2', 'j.a.0 < j.a.1', "j.a = '[1,2]'", 'j.b = null'],
    no: ['j.a.2 = 2', "j.b = ''"],
  },
  { row: { j: '"5"' }, yes: ["j = '5'"], no: ['j = 5'] },
  { row: { j: '5' }, yes: ['j = 5', 'j > 4'], no: ["j = '5'"] },
  { row: { j: { f: true } }, yes: ['j.f = true', 'j.f = 1'], no: ['j.f = false'] },
  { row: { j: 'no json' }, yes: ["j = 'no json'", 'j.a = null'] },
  { row: { j: ['a', { b: 'C' }] }, yes: ["j.0 = 'a'", "j.1.b = 'C'", 'j.1.b != null'] },
  {
    row: { p: { lon: 1, lat: 2 } },
    yes: [
      'p.lon = 1',
      'geoDistance(p.lon,p.lat,1,2) < 1',
      'geoDistance(p.lon,p.lat,2,2) > 100',
      "p ~ 'lon'",
    ],
    no: ['p.lat = 1'],
  },
])

describeCases('lists', [
  {
    row: { m: [] },
    yes: ['m:length = 0', "m:each != 'a'", "m:each = ''", 'm:each = null'],
    no: ["m:each = 'a'", "m:each ?= 'a'", "m:each ~ 'a'", "m:each !~ 'a'"],
  },
  {
    row: { m: ['a', 'b'] },
    yes: [
      "m:each ?= 'a'",
      "m ~ 'a'",
      'm:length = 2',
      `m = '["a","b"]'`,
      "m:each ?!= 'a'",
      "m:each != 'c'",
    ],
    no: ["m:each = 'a'", "m = 'a'", "m:each != 'a'"],
  },
  {
    row: { m: ['a', 'ab'] },
    yes: ["m:each ~ 'a'", "m:each !~ 'c'", "m:each >= 'a'"],
    no: ["m:each ~ 'b'", "m:each !~ 'b'"],
  },
  { row: { s: 'a' }, yes: ['s:length = 1', "s:each = 'a'"], no: ["s:each != 'a'"] },
  { row: { s: '' }, yes: ['s:length = 0'] },
  {
    row: { t: 'x', m: ['x'] },
    yes: ["t:each = 'x'", "t:length = 'x'", "t:isset = 'x'", 'm:each = t', 't = m:each'],
  },
])

const long = 'x'.repeat(60)

describeCases('contains', [
  {
    row: { t: '50% off' },
    yes: ["t ~ '50%'", String.raw`t ~ '50\%'`, "t ~ 'OFF'", "t ~ '%off'", "t ~ ''"],
    no: ["t !~ '50%'", "t ~ 'off%'"],
  },
  { row: { t: 'x50% off' }, yes: [String.raw`t ~ '50\%'`, "t ~ '%50%'"], no: ["t ~ '50%'"] },
  {
    row: { t: 'a_b' },
    yes: ["t ~ 'a_b'", String.raw`t ~ 'a\_b'`, "t ~ 'a_b%'"],
    no: ["t !~ 'a_b'"],
  },
  { row: { t: 'axb' }, yes: ["t ~ 'a_b%'", "t !~ 'a_b'"], no: ["t ~ 'a_b'"] },
  { row: { t: 'Äa' }, yes: ["t ~ 'Ä'", "t ~ 'A'"], no: ["t ~ 'ä'"] },
  { row: { t: String.raw`a\b` }, yes: [String.raw`t ~ 'a\\b'`, String.raw`t ~ 'a\b'`] },
  { row: { t: String.raw`a\\b` }, no: [String.raw`t ~ 'a\\\\b'`] },
  { row: { j: null }, no: ["j ~ 'a'", "j !~ 'a'", 't ~ null', "null ~ ''"] },
  {
    row: { t: `a${long}z` },
    yes: [
      `t ~ '${long}'`,
      `t ~ 'a${long}%'`,
      `t ~ '%${long}z'`,
      `t ~ '%${long}%'`,
      `t ~ 'A%${long}%Z'`,
    ],
    no: [
      `t ~ '${long}%'`,
      `t !~ '%${long}%'`,
      `t ~ 'a${long}%z${long}'`,
      `t ~ 'a${long}%a${long}z'`,
    ],
  },
  { row: { t: 'abc', s: 'B' }, yes: ['t ~ s', "'abc' ~ s", 's !~ t'], no: ['s ~ t', 't !~ s'] },
  { row: { t: 'abc', s: 'a%c' }, yes: ['t ~ s'] },
  { row: { t: `a${long}z`, s: long }, yes: ['t ~ s'], no: ['s ~ t', 't !~ s'] },
])

describeCases('functions and macros', [
  {
    row: { t: '' },
    yes: ['strftime("%Y",t) = ""', 'strftime("%Y",t) = null'],
    no: ['strftime("%Y",t) != ""'],
  },
  {
    row: { d: '2024-05-06 07:08:09.123Z' },
    yes: [
      "strftime('%Y-%m', d) = '2024-05'",
      "strftime('%m', d, '+1 month') = '06'",
      "strftime('%Y', d) ~ '24'",
      "d !~ strftime('%Y', d)",
      "d ~ strftime('%Y%%', d)",
      'strftime("%Y") >= "2024"',
    ],
  },
  {
    row: {},
    yes: [
      "@now = '2024-02-29 12:34:56.789Z'",
      "@yesterday = '2024-02-28 12:34:56.789Z'",
      "@tomorrow = '2024-03-01 12:34:56.789Z'",
    ],
  },
  {
    row: {},
    yes: ["@todayStart = '2024-02-29 00:00:00.000Z'", "@todayEnd = '2024-02-29 23:59:59.999Z'"],
  },
  {
    row: {},
    yes: ["@monthStart = '2024-02-01 00:00:00.000Z'", "@monthEnd = '2024-02-29 23:59:59.999Z'"],
  },
  {
    row: {},
    yes: ["@yearStart = '2024-01-01 00:00:00.000Z'", "@yearEnd = '2024-12-31 23:59:59.999Z'"],
  },
  {
    row: {},
    yes: [
      '@second = 56 && @minute = 34 && @hour = 12',
      '@day = 29 && @month = 2 && @weekday = 4 && @year = 2024',
    ],
  },
  { row: { t: '2024' }, yes: ['t = @year', 't ~ @year'] },
  { row: { t: 'y', n: 3 }, yes: ["t='y' || t='x' && n=0"], no: ["(t='y' || t='x') && n=0"] },
])

describe('refuses', () => {
  const refused = [
    'foo("x")=1',
    't:foo=1',
    'T=1',
    'nope=1',
    't.x=1',
    't:lower:each=1',
    'collectionId=1',
    '@nope=1',
    '#t=1',
    '@now.x=1',
    'strftime("%Y",strftime("%Y"))="x"',
    'strftime(t)="x"',
    'strftime("%Y",t,1)="x"',
    'strftime("%Y",t,"1","2","3","4","5","6","7","8","9")="x"',
    'geoDistance("1",2,3,4)<5',
    'geoDistance(1,2,3)<5',
    'geoDistance(1,2,3,4,5)<5',
    'j..a = 1',
    `t ~ '%${long}_'`,
    `t ~ '%${long}%${long}%'`,
  ]

  for (const filter of refused) {
    it(filter, ({ expect }) => {
      expect(matches({}, filter)).toEqual(expect.any(String))
    })
  }
})

it('prefers a field to a constant with the same name', ({ expect }) => {
  const world = new World({ rows: { fields: { null: 'text' }, rows: [{ id: 'r', null: 'x' }] } })

  expect(world.ask({ in: 'rows', filter: "null = 'x'" })).toEqual(['r'])
})
