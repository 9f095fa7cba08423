import { FilterError } from './filter-error.ts'

/** The kind of a token. `call` is a name together with the bracket that directly follows it. */
export type TokenKind =
  | 'identifier'
  | 'number'
  | 'text'
  | 'sign'
  | 'join'
  | 'comma'
  | 'call'
  | 'open'
  | 'close'

/** A token of a filter. Spaces and comments are left out. */
export interface Token {
  readonly kind: TokenKind
  /** As written, except for strings, which are unescaped and without quotes. */
  readonly text: string
  readonly position: number
}

const patterns = {
  blank: /[ \t\n]+/y,
  comment: /\/\/[^\n]*/y,
  identifier: /[A-Za-z_@#][\w.:]*/y,
  number: /-?[\d.]*/y,
  sign: /[=?!><~]+/y,
  join: /[&|]+/y,
}

const signs = new Set('= != > >= < <= ~ !~ ?= ?!= ?> ?>= ?< ?<= ?~ ?!~'.split(' '))

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }

/** Splits a filter into tokens, or returns the error. Takes linear time. */
export function tokenize(text: string): readonly Token[] | FilterError {
  const tokens: Token[] = []
  const brackets: ('open' | 'call')[] = []
  let groups = 0
  let position = 0

  while (position < text.length) {
    const blank = match(patterns.blank, text, position)
    if (blank !== '') {
      position += blank.length
      continue
    }

    const comment = match(patterns.comment, text, position)
    if (comment !== '') {
      if (groups > 0 && !isBalanced(comment)) {
        return new FilterError('Unbalanced quotes or brackets in a comment in brackets.', position)
      }
      position += comment.length
      continue
    }

    const read = readToken(text, position)
    if (read instanceof FilterError) return read
    if (read.token.kind === 'open' || read.token.kind === 'call') brackets.push(read.token.kind)
    if (read.token.kind === 'open') groups += 1
    if (read.token.kind === 'close' && brackets.pop() === 'open') groups -= 1
    tokens.push(read.token)
    position = read.end
  }
  return tokens
}

interface Read {
  readonly token: Token
  readonly end: number
}

function readToken(text: string, position: number): Read | FilterError {
  const char = text.charAt(position)
  if (char === '(') return one('open')
  if (char === ')') return one('close')
  if (char === ',') return one('comma')
  if (char === "'" || char === '"') return readText(text, position, char)
  if (/[A-Za-z_@#]/.test(char)) return readIdentifier(text, position)
  if (/[-\d]/.test(char)) return readNumber(text, position)
  if (/[=?!><~]/.test(char)) return readSign(text, position)
  if (/[&|]/.test(char)) return readJoin(text, position)
  return new FilterError(`Unexpected character ${JSON.stringify(char)}.`, position)

  function one(kind: TokenKind): Read {
    return { token: { kind, text: char, position }, end: position + 1 }
  }
}

function readText(text: string, position: number, quote: string): Read | FilterError {
  let end = position + 1
  while (end < text.length && text.charAt(end) !== quote) end += text.charAt(end) === '\\' ? 2 : 1
  if (end >= text.length) return new FilterError('Unterminated text.', position)

  const raw = text.slice(position + 1, end)
  const unescaped = raw.replace(/\\(['"\\ntr])/g, (_, char: string) => escapes[char] ?? char)
  return { token: { kind: 'text', text: unescaped, position }, end: end + 1 }
}

function readIdentifier(text: string, position: number): Read | FilterError {
  const name = match(patterns.identifier, text, position)
  if (!/\w$/.test(name) || name === '_') {
    return new FilterError(`Invalid identifier ${JSON.stringify(name)}.`, position)
  }
  const end = position + name.length
  const isCall = text.charAt(end) === '('
  const kind = isCall ? 'call' : 'identifier'
  return { token: { kind, text: name, position }, end: isCall ? end + 1 : end }
}

function readNumber(text: string, position: number): Read | FilterError {
  const digits = match(patterns.number, text, position)
  if (!/^(?:-?\d+(?:\.\d+)?|-\.\d+)$/.test(digits)) {
    return new FilterError(`Invalid number ${JSON.stringify(digits)}.`, position)
  }
  return { token: { kind: 'number', text: digits, position }, end: position + digits.length }
}

function readSign(text: string, position: number): Read | FilterError {
  const sign = match(patterns.sign, text, position)
  if (!signs.has(sign))
    return new FilterError(`Invalid operator ${JSON.stringify(sign)}.`, position)
  return { token: { kind: 'sign', text: sign, position }, end: position + sign.length }
}

function readJoin(text: string, position: number): Read | FilterError {
  const join = match(patterns.join, text, position)
  if (join !== '&&' && join !== '||') {
    return new FilterError(`Invalid join ${JSON.stringify(join)}.`, position)
  }
  return { token: { kind: 'join', text: join, position }, end: position + join.length }
}

/** The match of a sticky pattern at a position; empty if there is none. */
function match(pattern: RegExp, text: string, position: number): string {
  pattern.lastIndex = position
  return pattern.exec(text)?.[0] ?? ''
}

/**
 * True if quotes and brackets inside a comment are closed. PocketBase looks for the end of a group
 * without regard to comments. A filter that would mislead it is rejected here too.
 */
function isBalanced(comment: string): boolean {
  let depth = 0
  let quote = ''
  for (let i = 0; i < comment.length; i += 1) {
    const char = comment.charAt(i)
    if (quote !== '') {
      if (char === '\\') i += 1
      else if (char === quote) quote = ''
    } else if (char === "'" || char === '"') quote = char
    else if (char === '(') depth += 1
    else if (char === ')') depth -= 1
    if (depth < 0) return false
  }
  return depth === 0 && quote === ''
}
