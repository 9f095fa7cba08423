/*
 * A tokenizer for SQL that splits where SQLite does. SQL of superusers that becomes part of a
 * statement (indexes, view queries) is judged by its tokens, never by searching the string: a
 * keyword inside a string literal is no keyword, and a name is the same in any of its four quotes.
 */

/** A token of SQL. White space and comments are left out. */
export interface SqlToken {
  /** `word`: unquoted, keywords included; `name`: quoted, but not by `'`; `number`: blobs as well. */
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'parameter' | 'symbol'
  /** The text without quotes; words are as written. */
  readonly value: string
  /** Its position in the SQL; the end is exclusive. */
  readonly start: number
  readonly end: number
}

// SQLite reads a byte order mark as white space, so it must not become part of a name here.
const letter = String.raw`A-Za-z_\u0080-\ufefe\uff00-\uffff`
const lexer = new RegExp(
  [
    String.raw`(?<space>[ \t\n\f\r]+|--[^\n]*|/\*[\s\S]*?\*/)`,
    String.raw`(?<string>'[^']*(?:''[^']*)*')`,
    '(?<name>"[^"]*(?:""[^"]*)*"|`[^`]*(?:``[^`]*)*`|\\[[^\\]]*\\])',
    String.raw`(?<number>(?:[xX]'[0-9a-fA-F]*'|0[xX][0-9a-fA-F_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)(?![${letter}\d$]))`,
    String.raw`(?<word>[${letter}][${letter}\d$]*)`,
    String.raw`(?<parameter>\?\d*|[:@#$][${letter}\d$:]+)`,
    String.raw`(?<symbol>\|\||<<|>>|<=|>=|<>|!=|==|->>|->|/(?!\*)|[-+*%&|~<>=(),.;])`,
  ].join('|'),
  'y',
)

/**
 * Splits SQL into tokens. Undefined if a string, a quoted name or a comment does not end, or if a
 * character starts no token.
 */
export function tokenizeSql(text: string): SqlToken[] | undefined {
  const tokens: SqlToken[] = []
  for (let start = 0; start < text.length;) {
    lexer.lastIndex = start
    const groups = lexer.exec(text)?.groups
    if (groups === undefined) return undefined

    const end = lexer.lastIndex
    const token = toToken(groups, start, end)
    if (token !== undefined) tokens.push(token)
    start = end
  }
  return tokens
}

function toToken(
  groups: Record<string, string | undefined>,
  start: number,
  end: number,
): SqlToken | undefined {
  const { word, symbol, name, string, number, parameter } = groups
  if (word !== undefined) return { kind: 'word', value: word, start, end }
  if (symbol !== undefined) return { kind: 'symbol', value: symbol, start, end }
  if (name !== undefined) return { kind: 'name', value: unquote(name), start, end }
  if (string !== undefined) return { kind: 'string', value: unquote(string), start, end }
  if (number !== undefined) return { kind: 'number', value: number, start, end }
  if (parameter !== undefined) return { kind: 'parameter', value: parameter, start, end }
  return undefined
}

function unquote(quoted: string): string {
  const [quote = ''] = quoted
  const inner = quoted.slice(1, -1)
  return quote === '[' ? inner : inner.replaceAll(quote + quote, quote)
}

/** Far below what would exhaust the stack of a recursive reader. D1 has the same limit. */
const maxDepth = 100

/** True if all parentheses are balanced and none is nested too deeply. */
export function isBalanced(tokens: readonly SqlToken[]): boolean {
  let depth = 0
  for (const token of tokens) {
    if (isSymbol(token, '(')) depth++
    if (isSymbol(token, ')')) depth--
    if (depth < 0 || depth > maxDepth) return false
  }
  return depth === 0
}

/** True if the token is this punctuation. */
export function isSymbol(token: SqlToken | undefined, symbol: string): boolean {
  return token?.kind === 'symbol' && token.value === symbol
}

/** True if the token is one of these unquoted words, given in lower case. */
export function isWord(token: SqlToken | undefined, ...words: readonly string[]): boolean {
  return token?.kind === 'word' && words.includes(token.value.toLowerCase())
}

/** True if SQLite may read the token as an identifier where it expects one. Strings count. */
export function isIdentifier(token: SqlToken | undefined): token is SqlToken {
  return token?.kind === 'word' || token?.kind === 'name' || token?.kind === 'string'
}

/** Removes the semicolons before and after a statement. */
export function withoutOuterSemicolons(tokens: readonly SqlToken[]): readonly SqlToken[] {
  const first = tokens.findIndex((token) => !isSymbol(token, ';'))
  const last = tokens.findLastIndex((token) => !isSymbol(token, ';'))
  return first === -1 ? [] : tokens.slice(first, last + 1)
}

/** The source of the tokens, from the first to the last. */
export function textOf(text: string, tokens: readonly SqlToken[]): string {
  return text.slice(tokens[0]?.start ?? 0, tokens.at(-1)?.end ?? 0)
}

/** An identifier in backticks, which SQLite never reads as a string. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}
