/*
 * A parser for regular expressions in RE2's syntax, which PocketBase's patterns use. JavaScript's
 * engine has another syntax (no leading `(?i)`, no `\z`, no POSIX classes, but look-around and
 * back-references), and a short pattern can make it run for years.
 *
 * `pattern-matcher.ts` matches the parsed tree in linear time, and `pattern-sampler.ts` generates
 * random strings from it. A port of RE2 exists (re2js), but is larger in the bundle than all field
 * types together.
 */

import { lazy } from '#kernel/lazy.ts'

/** A set of characters, by code point. */
export interface CharacterSet {
  /** Inclusive ranges of code points. Unordered; may overlap. */
  readonly ranges: readonly (readonly [number, number])[]
  /** More sets that belong to it: Unicode classes, and negated classes inside a class. */
  readonly classes: readonly { has(codePoint: number): boolean }[]
  readonly isNegated: boolean
  /** The ranges ignoring case; undefined if the pattern is case-sensitive. */
  readonly folded: { has(codePoint: number): boolean } | undefined
}

/** A position between characters that an expression may require. */
export type Assertion =
  | 'line-start'
  | 'line-end'
  | 'text-start'
  | 'text-end'
  | 'word-boundary'
  | 'no-word-boundary'

/** A parsed expression. Groups are not captured, since nothing needs them. */
export type PatternNode =
  | { readonly kind: 'empty' }
  | { readonly kind: 'any'; readonly includesNewline: boolean }
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly choices: readonly PatternNode[] }
  | {
      readonly kind: 'repeat'
      readonly part: PatternNode
      readonly min: number
      /** Infinity when unbounded. */
      readonly max: number
    }

/** An expression that is invalid or too large. The message is PocketBase's, a full sentence. */
export class PatternError extends Error {
  override readonly name = 'PatternError'
}

/**
 * Parses a regular expression in RE2's syntax.
 *
 * @throws {PatternError} with RE2's reason
 * @see https://github.com/google/re2/wiki/Syntax
 */
export function parsePattern(source: string): PatternNode {
  return new Parser(source).parse()
}

/** True if a set holds a character. */
export function setHas(set: CharacterSet, codePoint: number): boolean {
  const found = holds(set, codePoint) || (set.folded?.has(codePoint) ?? false)
  return found !== set.isNegated
}

const maxCodePoint = 0x10ffff
const maxRepeat = 1000
const maxDepth = 1000

const digits: CharacterSet['ranges'] = [[0x30, 0x39]]
const spaces: CharacterSet['ranges'] = [
  [0x09, 0x0a],
  [0x0c, 0x0d],
  [0x20, 0x20],
]
const upper: CharacterSet['ranges'] = [[0x41, 0x5a]]
const lower: CharacterSet['ranges'] = [[0x61, 0x7a]]
const letters = [...upper, ...lower]
const wordCharacters = [...digits, ...letters, [0x5f, 0x5f] as const]

const perlClasses: Readonly<Record<string, CharacterSet['ranges']>> = {
  d: digits,
  s: spaces,
  w: wordCharacters,
}

const posixClasses: ReadonlyMap<string, CharacterSet['ranges']> = new Map(
  Object.entries({
    alnum: [...digits, ...letters],
    alpha: letters,
    ascii: [[0x00, 0x7f]],
    blank: [
      [0x09, 0x09],
      [0x20, 0x20],
    ],
    cntrl: [
      [0x00, 0x1f],
      [0x7f, 0x7f],
    ],
    digit: digits,
    graph: [[0x21, 0x7e]],
    lower,
    print: [[0x20, 0x7e]],
    punct: [
      [0x21, 0x2f],
      [0x3a, 0x40],
      [0x5b, 0x60],
      [0x7b, 0x7e],
    ],
    space: [
      [0x09, 0x0d],
      [0x20, 0x20],
    ],
    upper,
    word: wordCharacters,
    xdigit: [...digits, [0x41, 0x46], [0x61, 0x66]],
  }),
)

const namedEscapes: Readonly<Record<string, number>> = {
  a: 0x07,
  f: 0x0c,
  n: 0x0a,
  r: 0x0d,
  t: 0x09,
  v: 0x0b,
}

const flagNames = 'imsU'

interface Flags {
  readonly ignoresCase: boolean
  readonly isMultiline: boolean
  readonly dotIncludesNewline: boolean
}

class Parser {
  readonly #source: string
  #position = 0
  #depth = 0
  #flags: Flags = { ignoresCase: false, isMultiline: false, dotIncludesNewline: false }

  constructor(source: string) {
    this.#source = source
  }

  parse(): PatternNode {
    const node = this.#choice()
    if (!this.#isAtEnd()) fail('unexpected )', this.#source)
    return node
  }

  /** Parses alternatives up to a closing parenthesis or the end. */
  #choice(): PatternNode {
    const choices = [this.#sequence()]
    while (this.#take('|')) choices.push(this.#sequence())
    return choices.length === 1 && choices[0] !== undefined
      ? choices[0]
      : { kind: 'choice', choices }
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = []
    // The start of the previous repetition; another one directly after it is an error.
    let repeatedAt: number | undefined
    while (!this.#isAtEnd() && !this.#sees('|') && !this.#sees(')')) {
      const start = this.#position
      const bounds = this.#repetition()
      if (bounds === undefined) {
        parts.push(...this.#term())
        repeatedAt = undefined
        continue
      }
      this.#take('?')
      if (repeatedAt !== undefined) {
        fail('invalid nested repetition operator', this.#since(repeatedAt))
      }
      const part = parts.pop()
      if (part === undefined) fail('missing argument to repetition operator', this.#since(start))
      const node: PatternNode = { kind: 'repeat', part, ...bounds }
      if (!repeatsWithin(node, maxRepeat)) fail('invalid repeat count', this.#since(start))
      parts.push(node)
      repeatedAt = start
    }
    if (parts.length === 0) return { kind: 'empty' }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: 'sequence', parts }
  }

  /** Parses a repetition operator; undefined, and nothing consumed, if there is none. */
  #repetition(): { min: number; max: number } | undefined {
    if (this.#take('*')) return { min: 0, max: Infinity }
    if (this.#take('+')) return { min: 1, max: Infinity }
    if (this.#take('?')) return { min: 0, max: 1 }
    // Anything that is not exactly a count is a literal `{`.
    const counted = this.#takeMatch(/\{(0|[1-9]\d*)(?:(,)(0|[1-9]\d*)?)?\}/y)
    if (counted === undefined) return undefined
    const min = Number(counted[1])
    const bound = counted[3] === undefined ? Infinity : Number(counted[3])
    const max = counted[2] === undefined ? min : bound
    if (min > maxRepeat || (max !== Infinity && max > maxRepeat) || min > max) {
      fail('invalid repeat count', counted[0])
    }
    return { min, max }
  }

  /** Parses one term without its repetition. A quotation `\Q...\E` has one node per character. */
  #term(): PatternNode[] {
    if (this.#take('(')) return this.#group()
    if (this.#take('[')) return [{ kind: 'set', set: this.#bracketClass() }]
    if (this.#take('.')) {
      return [{ kind: 'any', includesNewline: this.#flags.dotIncludesNewline }]
    }
    if (this.#take('^')) return [assert(this.#flags.isMultiline ? 'line-start' : 'text-start')]
    if (this.#take('$')) return [assert(this.#flags.isMultiline ? 'line-end' : 'text-end')]
    if (this.#sees('\\')) return this.#escapedTerm()
    return [this.#literal(this.#next())]
  }

  #escapedTerm(): PatternNode[] {
    if (this.#take('\\A')) return [assert('text-start')]
    if (this.#take('\\z')) return [assert('text-end')]
    if (this.#take('\\b')) return [assert('word-boundary')]
    if (this.#take('\\B')) return [assert('no-word-boundary')]
    const quoted = this.#takeMatch(/\\Q([\s\S]*?)(?:\\E|$)/y)
    if (quoted !== undefined) return codePoints(quoted[1] ?? '').map((c) => this.#literal(c))
    const set = this.#escapedClass()
    if (set !== undefined) return [{ kind: 'set', set }]
    return [this.#literal(this.#escape())]
  }

  #group(): PatternNode[] {
    const start = this.#position - 1
    const outside = this.#flags
    if (this.#take('?') && !this.#takesGroupName(start) && !this.#takesFlags(start)) return []
    this.#depth++
    if (this.#depth > maxDepth) fail('expression nests too deeply', this.#source)
    const node = this.#choice()
    if (!this.#take(')')) fail('missing closing )', this.#source)
    this.#depth--
    this.#flags = outside
    return [node]
  }

  /** Parses `(?P<name>` and `(?<name>`. Names are checked and dropped. */
  #takesGroupName(start: number): boolean {
    if (!this.#take('P<') && !this.#take('<')) return false
    const end = this.#source.indexOf('>', this.#position)
    if (end === -1) fail('invalid named capture', this.#source.slice(start))
    const name = this.#source.slice(this.#position, end)
    if (!/^\w+$/.test(name)) fail('invalid named capture', this.#source.slice(start, end + 1))
    this.#position = end + 1
    return true
  }

  /**
   * Parses flags after `(?`: true for `(?i:`, which opens a group; `(?i)` applies to the rest of
   * the surrounding one.
   */
  #takesFlags(start: number): boolean {
    let value = true
    let hasFlag = false
    while (!this.#isAtEnd()) {
      const flag = String.fromCodePoint(this.#next())
      if (flagNames.includes(flag)) {
        this.#setFlag(flag, value)
        hasFlag = true
      } else if (flag === '-' && value) {
        value = false
        hasFlag = false
      } else if ((flag === ':' || flag === ')') && (value || hasFlag)) {
        return flag === ':'
      } else {
        break
      }
    }
    return fail('invalid or unsupported Perl syntax', this.#since(start))
  }

  /** `U` swaps greedy and lazy, which does not affect whether a string matches. */
  #setFlag(flag: string, value: boolean): void {
    if (flag === 'i') this.#flags = { ...this.#flags, ignoresCase: value }
    if (flag === 'm') this.#flags = { ...this.#flags, isMultiline: value }
    if (flag === 's') this.#flags = { ...this.#flags, dotIncludesNewline: value }
  }

  /** Parses a class in brackets, after the opening one. */
  #bracketClass(): CharacterSet {
    const start = this.#position - 1
    const isNegated = this.#take('^')
    const ranges: (readonly [number, number])[] = []
    const classes: { has(codePoint: number): boolean }[] = []
    let isFirst = true
    while (isFirst || !this.#sees(']')) {
      isFirst = false
      const part = this.#posixClass() ?? this.#escapedClass()
      if (part === undefined) ranges.push(this.#range(start))
      else if (part.isNegated || part.classes.length > 0) {
        classes.push({ has: (codePoint) => setHas(part, codePoint) })
      } else ranges.push(...part.ranges)
    }
    this.#take(']')
    return { ...this.#set(ranges, isNegated), classes }
  }

  #range(classStart: number): readonly [number, number] {
    const start = this.#position
    const from = this.#classCharacter(classStart)
    const isRange = this.#sees('-') && !this.#source.startsWith('-]', this.#position)
    if (!isRange || this.#position + 1 >= this.#source.length) return [from, from]
    this.#take('-')
    const to = this.#classCharacter(classStart)
    if (to < from) fail('invalid character class range', this.#since(start))
    return [from, to]
  }

  #classCharacter(classStart: number): number {
    if (this.#isAtEnd()) fail('missing closing ]', this.#source.slice(classStart))
    return this.#sees('\\') ? this.#escape() : this.#next()
  }

  #posixClass(): CharacterSet | undefined {
    const name = this.#takeMatch(/\[:(\^?)([^:]*):\]/y)
    if (name === undefined) return undefined
    const ranges = posixClasses.get(name[2] ?? '')
    if (ranges === undefined) return fail('invalid character class range', name[0])
    return this.#set(ranges, name[1] === '^')
  }

  /** Parses `\d` and the like, and Unicode classes: `\pL`, `\p{Greek}`, `\P{^Lu}`. */
  #escapedClass(): CharacterSet | undefined {
    const perl = this.#takeMatch(/\\([dswDSW])/y)?.[1]
    if (perl !== undefined) {
      return this.#set(perlClasses[perl.toLowerCase()] ?? [], perl !== perl.toLowerCase())
    }
    if (!this.#sees('\\p') && !this.#sees('\\P')) return undefined
    const start = this.#position
    const unicode = this.#takeMatch(/\\([pP])(?:\{(\^?)([^}]*)\}|([^{]))/uy)
    if (unicode === undefined) fail('invalid character class range', this.#source.slice(start))
    const member = unicodeClass(unicode[3] ?? unicode[4] ?? '', this.#flags)
    if (member === undefined) fail('invalid character class range', unicode[0])
    const isNegated = (unicode[1] === 'P') !== (unicode[2] === '^')
    return { ...this.#set([], isNegated), classes: [member] }
  }

  /** Parses the character of an escape sequence. */
  #escape(): number {
    const start = this.#position
    this.#take('\\')
    if (this.#isAtEnd()) fail('trailing backslash at end of expression', '')
    // A single digit other than 0 would be a back-reference.
    const octal = this.#takeMatch(/0[0-7]{0,2}|[1-7][0-7]{1,2}/y)
    if (octal !== undefined) return Number.parseInt(octal[0], 8)
    const character = String.fromCodePoint(this.#next())
    if (character === 'x') return this.#hexadecimal(start)
    const named = namedEscapes[character]
    if (named !== undefined) return named
    if (/[0-9A-Za-z]/.test(character) || character > '\x7f') {
      fail('invalid escape sequence', this.#since(start))
    }
    return character.charCodeAt(0)
  }

  #hexadecimal(start: number): number {
    const pair = this.#takeMatch(/[0-9a-fA-F]{2}/y)
    if (pair !== undefined) return Number.parseInt(pair[0], 16)
    if (!this.#take('{')) {
      this.#takeMatch(/[\s\S]{0,2}/uy)
      fail('invalid escape sequence', this.#since(start))
    }
    let value = 0
    let hasDigit = false
    while (!this.#isAtEnd()) {
      if (hasDigit && this.#take('}')) return value
      const digit = Number.parseInt(String.fromCodePoint(this.#next()), 16)
      value = value * 16 + digit
      if (Number.isNaN(digit) || value > maxCodePoint) break
      hasDigit = true
    }
    return fail('invalid escape sequence', this.#since(start))
  }

  #literal(codePoint: number): PatternNode {
    return { kind: 'set', set: this.#set([[codePoint, codePoint]], false) }
  }

  #set(ranges: CharacterSet['ranges'], isNegated: boolean): CharacterSet {
    const folded = this.#flags.ignoresCase ? foldedRanges(ranges) : undefined
    return { ranges, classes: [], isNegated, folded }
  }

  #isAtEnd(): boolean {
    return this.#position >= this.#source.length
  }

  #sees(text: string): boolean {
    return this.#source.startsWith(text, this.#position)
  }

  #take(text: string): boolean {
    if (!this.#sees(text)) return false
    this.#position += text.length
    return true
  }

  #takeMatch(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.#position
    const match = sticky.exec(this.#source)
    if (match === null) return undefined
    this.#position += match[0].length
    return match
  }

  #next(): number {
    const codePoint = this.#source.codePointAt(this.#position) ?? 0
    this.#position += codePoint > 0xffff ? 2 : 1
    return codePoint
  }

  #since(start: number): string {
    return this.#source.slice(start, this.#position)
  }
}

function fail(reason: string, text: string): never {
  throw new PatternError(`Error parsing regexp: ${reason}: \`${text}\`.`)
}

function assert(assertion: Assertion): PatternNode {
  return { kind: 'assertion', assertion }
}

function codePoints(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0)
}

/** True if the product of nested counted repetitions stays within a limit. */
function repeatsWithin(node: PatternNode, limit: number): boolean {
  if (node.kind === 'sequence') return node.parts.every((part) => repeatsWithin(part, limit))
  if (node.kind === 'choice') return node.choices.every((part) => repeatsWithin(part, limit))
  if (node.kind !== 'repeat') return true
  const count = node.max === Infinity ? node.min : node.max
  if (node.max === 0) return true
  if (count > limit) return false
  // `?`, `*` and `+` do not count.
  return repeatsWithin(node.part, count > 1 ? Math.floor(limit / count) : limit)
}

/*
 * With both flags, JavaScript compares characters by Unicode's simple case folding, as RE2 does:
 * `s` equals `ſ`, and `k` the Kelvin sign. Such an expression cannot backtrack.
 */

function foldedRanges(ranges: CharacterSet['ranges']): { has(codePoint: number): boolean } {
  const members = ranges.map(([from, to]) => `\\u{${from.toString(16)}}-\\u{${to.toString(16)}}`)
  const expression = lazy(() => new RegExp(`^[${members.join('')}]$`, 'iu'))
  return { has: (codePoint) => expression().test(String.fromCodePoint(codePoint)) }
}

function unicodeClass(
  name: string,
  { ignoresCase }: Flags,
): { has(codePoint: number): boolean } | undefined {
  if (name === 'Any') return { has: () => true }
  for (const property of ['General_Category', 'Script']) {
    try {
      const expression = new RegExp(`^\\p{${property}=${name}}$`, ignoresCase ? 'iu' : 'u')
      return { has: (codePoint) => expression.test(String.fromCodePoint(codePoint)) }
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
    }
  }
  return undefined
}

function holds(set: CharacterSet, codePoint: number): boolean {
  return (
    set.ranges.some(([from, to]) => from <= codePoint && codePoint <= to) ||
    set.classes.some((part) => part.has(codePoint))
  )
}
