import { describe, it } from 'vitest'
import type { FilterNode, Operand } from '#filter/syntax/ast.ts'
import { parseFilter } from '#filter/syntax/parse.ts'

/** A compact form of a tree: `(a & (b | c))`, each comparison by its left side. */
function outline(node: FilterNode): string {
  if (node.kind === 'comparison') return show(node.left)
  return `(${node.nodes.map(outline).join(node.kind === 'and' ? ' & ' : ' | ')})`
}

function show(operand: Operand): string {
  if (operand.kind === 'identifier') return operand.name
  if (operand.kind === 'text') return JSON.stringify(operand.text)
  if (operand.kind === 'number') return String(operand.value)
  return `${operand.name}(${operand.args.map(show).join()})`
}

function parsed(text: string): string {
  const result = parseFilter(text)
  return result.ok ? outline(result.filter) : `refused at ${result.fault.position}`
}

describe('accepts', () => {
  const accepted = [
    'a=1',
    'a  =  1//c',
    '(a=1&&(b=2||c=3))',
    'a:length>1',
    "a.b.c?~'x'",
    '@now>created',
    `"x"='x'`,
    '-1.5<a',
    '-.5<a',
    'strftime("%Y",)="x"',
    't:isset=1',
    't:each=1',
    'geoDistance(a.lon,a.lat,1,2)<5',
    `strftime('%Y-%m',created)="2024-01"`,
    'a=tRuE',
    'a=01',
    'a=-0',
    'true=true',
    '//\na=1',
    'strftime("%Y", //c\n a)="x"',
    "(a=1 // (x) 'y'\n)",
    'a\t=\n1',
    'a=1&&b=2||c=3',
    'f(g(h(1)))=1',
  ]

  for (const text of accepted) {
    it(JSON.stringify(text), ({ expect }) => {
      expect(parseFilter(text)).toMatchObject({ ok: true })
    })
  }
})

describe('refuses, and says where', () => {
  const refused: readonly (readonly [string, number])[] = [
    ['', 0],
    ['  ', 2],
    ['//c', 3],
    ['a', 1],
    ['a=', 2],
    ['=1', 0],
    ['a==1', 1],
    ['a=1&b=2', 3],
    ['a=1 and b=2', 4],
    ['a=1e5', 3],
    ['a=.5', 2],
    ['a=5.', 2],
    ['a=1;', 3],
    ["a='x", 2],
    ['(a=1', 0],
    ['a=1)', 3],
    ['a.=1', 0],
    ['a:=1', 0],
    ['_=1', 0],
    ['@=1', 0],
    ['#=1', 0],
    ['f(1,,2)=1', 4],
    ['()', 1],
    ['a=1 && ()', 8],
    ['a<>1', 1],
    ['a=!1', 1],
    ['strftime(,"%Y")=1', 9],
    ['strftime("%Y" "x")=1', 14],
    ['strftime("%Y"=1)=1', 13],
    ['strftime("%Y"', 0],
    ['a=1\r', 3],
    ['a=\u00a01', 2],
    ['a=--5', 2],
    ['a=- 5', 2],
    ['a=+5', 2],
    ['a=0x10', 3],
    ['a=1_000', 3],
    ['a ! = 1', 2],
    ['a=1 &&& b=2', 4],
    ['/* x */ a=1', 0],
    ['strftime ("%Y")="x"', 14],
    ["'a''b'=a", 3],
    ["(a=1 // it's\n)", 5],
    ['(a=1 // )(\n)', 5],
    ["a='a\\'", 2],
    ['f(g(h(i(1))))=1', 6],
    ['a=1,b=2', 3],
  ]

  for (const [text, position] of refused) {
    it(`${JSON.stringify(text)} at ${position}`, ({ expect }) => {
      expect(parsed(text)).toBe(`refused at ${position}`)
    })
  }
})

describe('literals', () => {
  const literals = [
    { text: String.raw`"a\nb"`, value: 'a\nb' },
    { text: String.raw`"a\tb\rc"`, value: 'a\tb\rc' },
    { text: String.raw`"a\\b"`, value: String.raw`a\b` },
    { text: String.raw`"a\\n"`, value: String.raw`a\n` },
    { text: String.raw`"a\qb"`, value: String.raw`a\qb` },
    { text: String.raw`'a\"b'`, value: 'a"b' },
    { text: String.raw`'50\%'`, value: String.raw`50\%` },
    { text: String.raw`'a\\'`, value: 'a\\' },
    { text: "'two\nlines'", value: 'two\nlines' },
    { text: '-1.50', value: -1.5 },
    { text: '-.5', value: -0.5 },
    { text: '01', value: 1 },
  ]

  for (const { text, value } of literals) {
    it(`reads ${text} as ${JSON.stringify(value)}`, ({ expect }) => {
      const result = parseFilter(`${text}=a`)

      const left = typeof value === 'string' ? { text: value } : { value }
      expect(result).toMatchObject({ ok: true, filter: { left } })
    })
  }
})

describe('the tree', () => {
  const trees = [
    {
      name: 'binds && tighter than ||',
      text: 'a=1 || b=1 && c=1 || d=1',
      tree: '(a | (b & c) | d)',
    },
    { name: 'keeps what brackets change', text: 'a=1 && (b=1 || c=1)', tree: '(a & (b | c))' },
    {
      name: 'drops brackets that change nothing',
      text: '((a=1) && ((b=1 && c=1)))',
      tree: '(a & b & c)',
    },
    { name: 'joins adjacent groups by and', text: '(a=1)(b=1)', tree: '(a & b)' },
    { name: 'joins a group by the join seen last', text: 'a=1 || b=1 (c=1)', tree: '(a | b | c)' },
    { name: 'lets a group replace the comparison it interrupts', text: 'a = (b=1)', tree: 'b' },
    { name: 'keeps the arguments of functions', text: 'f("%Y", a,)=1', tree: 'f("%Y",a)' },
  ]

  for (const { name, text, tree } of trees) {
    it(name, ({ expect }) => {
      expect(parsed(text)).toBe(tree)
    })
  }
})

describe('limits', () => {
  it('accepts at most 200 comparisons', ({ expect }) => {
    const chain = (length: number): string => Array.from({ length }, () => 'a=1').join('&&')

    expect(parseFilter(chain(200)).ok).toBe(true)
    expect(parseFilter(chain(201)).ok).toBe(false)
  })

  it('reads any number of brackets, closed or not, without running out of stack', ({ expect }) => {
    const many = 100_000

    expect(parsed(`${'('.repeat(many)}a=1${')'.repeat(many)}`)).toBe('a')
    expect(parsed(`${'('.repeat(many)}a=1`)).toBe(`refused at ${many - 1}`)
    expect(parsed(`a=1${')'.repeat(many)}`)).toBe('refused at 3')
    expect(parsed(`${'f('.repeat(many)}1`)).toBe('refused at 6')
  })

  it('reads a long text', ({ expect }) => {
    const long = String.raw`\'`.repeat(500_000)

    expect(parseFilter(`a='${long}'`).ok).toBe(true)
  })
})
