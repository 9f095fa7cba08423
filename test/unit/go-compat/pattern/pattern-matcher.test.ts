import fc from 'fast-check'
import { describe, it } from 'vitest'
import { compilePattern } from '#go-compat/pattern/pattern-matcher.ts'

describe('the syntax of RE2', () => {
  it.for([
    ['^[a-z]+$', 'abc', true],
    ['^[a-z]+$', 'abC', false],
    ['b', 'abc', true],
    ['^a|c$', 'xc', true],
    ['^(ab|cd)*$', 'abcdab', true],
    ['^(ab|cd)*$', 'abc', false],
    ['^a{2,3}$', 'aaaa', false],
    ['^a{2,3}$', 'aaa', true],
    ['^a{2,}$', 'aaaaa', true],
    ['a{,2}', 'a{,2}', true],
    ['a{2', 'a{2', true],
    ['^a??b+?$', 'bb', true],
    ['(?i)^straße$', 'STRAßE', true],
    ['(?i)^straße$', 'STRAẞE', true],
    ['(?i)^ß$', 'SS', false],
    ['(?i)^σς$', 'ΣΣ', true],
    ['(?i)^ς$', 'σ', true],
    ['(?i)^[ς]$', 'Σ', true],
    ['(?i)^µ$', 'Μ', true],
    ['(?i)^μ$', 'µ', true],
    ['(?i)^s$', 'ſ', true],
    ['(?i)^[a-z]$', 'ſ', true],
    ['(?i)^[^s]$', 'ſ', false],
    ['(?i)^k$', '\u212a', true],
    ['(?i)^\\w$', '\u212a', true],
    ['(?i)^\\W$', '\u212a', false],
    ['(?i)^å$', '\u212b', true],
    ['(?i)^θ$', 'ϑ', true],
    ['(?i)^ǆ$', 'ǅ', true],
    ['(?i)^i$', 'ı', false],
    ['(?i)^i$', 'İ', false],
    ['(?i)^\\p{Lu}$', 'ς', true],
    ['(?i)^[[:upper:]]$', 'ſ', true],
    ['^s$', 'ſ', false],
    ['(?i)^\u{10400}$', '\u{10428}', true],
    ['^(?i:a)b$', 'Ab', true],
    ['^(?i:a)b$', 'AB', false],
    ['^a(?i)b$', 'aB', true],
    ['(?i)^[^a]$', 'A', false],
    ['^.$', '\n', false],
    ['(?s)^.$', '\n', true],
    ['^b$', 'a\nb', false],
    ['(?m)^b$', 'a\nb', true],
    ['^a$', 'a\n', false],
    ['\\Ab\\z', 'b', true],
    ['\\bab\\b', 'x ab y', true],
    ['\\bab\\b', 'xab', false],
    ['a\\Bb', 'ab', true],
    ['^\\pL+$', 'aéж', true],
    ['^\\p{Greek}$', 'λ', true],
    ['^\\P{Greek}$', 'λ', false],
    ['^\\p{^Lu}$', 'a', true],
    ['^[[:alpha:]]+$', 'abC', true],
    ['^[[:^digit:]_]$', '5', false],
    ['^[\\w.-]+$', 'a_b.c-d', true],
    ['^[^\\W\\d]$', '5', false],
    ['^[]a]+$', ']a', true],
    ['^[a-]+$', 'a-', true],
    ['\\Q.*\\E', 'a.*b', true],
    ['^\\x41\\x{1F600}\\101$', 'A😀A', true],
    ['^.$', '😀', true],
    ['^()$', '', true],
    ['^[\\s]$', '\v', false],
  ] as const)('%s against %j gives %s', ([source, text, expected], { expect }) => {
    expect(compilePattern(source).test(text)).toBe(expected)
  })

  it.for([
    ['(', 'missing closing ): `(`'],
    ['a)', 'unexpected ): `a)`'],
    ['[a', 'missing closing ]: `[a`'],
    ['[z-a]', 'invalid character class range: `z-a`'],
    ['[[:foo:]]', 'invalid character class range: `[:foo:]`'],
    ['\\p{Foo}', 'invalid character class range: `\\p{Foo}`'],
    ['*', 'missing argument to repetition operator: `*`'],
    ['a**', 'invalid nested repetition operator: `**`'],
    ['a{2,1}', 'invalid repeat count: `{2,1}`'],
    ['a{1001}', 'invalid repeat count: `{1001}`'],
    ['(a{500}){3}', 'invalid repeat count: `{3}`'],
    ['(?=a)', 'invalid or unsupported Perl syntax: `(?=`'],
    ['(?<=a)', 'invalid named capture: `(?<=a)`'],
    ['\\1', 'invalid escape sequence: `\\1`'],
    ['\\Z', 'invalid escape sequence: `\\Z`'],
    ['\\x{110000}', 'invalid escape sequence: `\\x{110000`'],
    ['\\', 'trailing backslash at end of expression: ``'],
    [`(${'abcdefghij'.repeat(10)}){300}`, 'expression too large'],
  ] as const)('refuses %s', ([source, reason], { expect }) => {
    expect(() => compilePattern(source)).toThrow(`Error parsing regexp: ${reason}`)
  })
})

it('agrees with JavaScript’s engine on their common syntax', ({ expect }) => {
  const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '\\w', '\\b', '(?:a|bc)')
  const term = fc
    .tuple(atom, fc.constantFrom('', '*', '+', '?', '{2}', '{1,2}'))
    .map((t) => t.join(''))
  const source = fc
    .array(term, { minLength: 1, maxLength: 4 })
    .chain((terms) => fc.constantFrom(terms.join(''), `^${terms.join('')}$`, terms.join('|')))
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', ' '), maxLength: 8 })

  fc.assert(
    fc.property(source, text, (pattern, subject) => {
      fc.pre(!/\\b[*+?{]/.test(pattern))

      expect(compilePattern(pattern).test(subject)).toBe(new RegExp(pattern, 'u').test(subject))
    }),
    { numRuns: 1000 },
  )
})

// A backtracking engine would take longer than the age of the universe.
it('matches ambiguous patterns at once', ({ expect }) => {
  const text = `${'a'.repeat(5000)}!`

  const started = performance.now()
  const found = ['^(a+)+$', '^(a|a)*$', '^(.*a){20}$', '^(a*)*b'].map((source) =>
    compilePattern(source).test(text),
  )

  expect(found).toEqual([false, false, false, false])
  expect(performance.now() - started).toBeLessThan(2000)
})
