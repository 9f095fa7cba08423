/*
 * Indexes as text. A definition has each index as the statement that creates it, written by a
 * superuser. Only a statement formatted from its parts reaches the database, so it can be nothing
 * but one CREATE INDEX on the collection's own table.
 */
import {
  isBalanced,
  isIdentifier,
  isSymbol,
  isWord,
  quoteName,
  type SqlToken,
  textOf,
  tokenizeSql,
  withoutOuterSemicolons,
} from '#kernel/sql-tokens.ts'

/** A column of an index. */
export interface IndexColumn {
  /** The column's name, or the text of an expression. */
  readonly name: string
  readonly isExpression: boolean
  /** As written; empty without COLLATE. */
  readonly collate: string
  readonly sort: 'ASC' | 'DESC' | ''
}

/** The parts of a CREATE INDEX statement. */
export interface ParsedIndex {
  readonly name: string
  readonly table: string
  readonly unique: boolean
  readonly ifNotExists: boolean
  /** Empty without a schema prefix. */
  readonly schema: string
  /** At least one. */
  readonly columns: readonly IndexColumn[]
  /** The text of the condition; empty for an index on all rows. */
  readonly where: string
}

/**
 * Parses a CREATE INDEX statement; undefined for anything else.
 *
 * Identifiers may be quoted in any way SQLite knows. Expressions and the condition stay text, but
 * are complete: balanced, without a semicolon, a parameter or an open comment.
 */
export function parseIndex(text: string): ParsedIndex | undefined {
  const tokens = withoutOuterSemicolons(tokenizeSql(text) ?? [])
  if (!isBalanced(tokens) || tokens.some(isForbidden)) return undefined

  const head = parseHead(tokens)
  const list = head && groupAt(tokens, head.length)
  if (head === undefined || list === undefined) return undefined

  const columns = splitAtCommas(list).map((column) => parseColumn(text, column))
  const [where, ...condition] = tokens.slice(head.length + list.length + 2)
  if (!columns.every((column) => column !== undefined)) return undefined
  if (where !== undefined && (!isWord(where, 'where') || condition.length === 0)) return undefined

  return { ...head.parts, columns, where: textOf(text, condition) }
}

/** Parses the part before the list of columns, and counts its tokens. */
function parseHead(
  tokens: readonly SqlToken[],
): { parts: Omit<ParsedIndex, 'columns' | 'where'>; length: number } | undefined {
  let at = 0
  const skipWords = (...words: readonly string[]): boolean => {
    const found = words.every((word, offset) => isWord(tokens[at + offset], word))
    if (found) at += words.length
    return found
  }
  const identifier = (): string | undefined => {
    const token = tokens[at++]
    return isIdentifier(token) && !isWord(token, 'on') ? token.value : undefined
  }

  const isCreate = skipWords('create')
  const unique = skipWords('unique')
  const isIndex = skipWords('index')
  const ifNotExists = skipWords('if', 'not', 'exists')
  const schema = isSymbol(tokens[at + 1], '.') ? identifier() : ''
  if (schema !== '') at++
  const name = identifier()
  const isOn = skipWords('on')
  const table = identifier()

  if (!isCreate || !isIndex || !isOn || !name) return undefined
  if (schema === undefined || table === undefined) return undefined
  return { parts: { name, table, unique, ifNotExists, schema }, length: at }
}

function isForbidden(token: SqlToken): boolean {
  return isSymbol(token, ';') || token.kind === 'parameter'
}

/** The tokens between the parenthesis at a position and its closing one. */
function groupAt(tokens: readonly SqlToken[], at: number): readonly SqlToken[] | undefined {
  if (!isSymbol(tokens[at], '(')) return undefined
  let depth = 0
  const end = tokens.findIndex((token, position) => {
    if (position < at) return false
    if (isSymbol(token, '(')) depth++
    if (isSymbol(token, ')')) depth--
    return depth === 0
  })
  return tokens.slice(at + 1, end)
}

function splitAtCommas(tokens: readonly SqlToken[]): SqlToken[][] {
  const parts: SqlToken[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (isSymbol(token, '(')) depth++
    if (isSymbol(token, ')')) depth--
    if (depth === 0 && isSymbol(token, ',')) parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts
}

function parseColumn(text: string, tokens: readonly SqlToken[]): IndexColumn | undefined {
  let rest = tokens
  const sort = isWord(rest.at(-1), 'asc') ? 'ASC' : isWord(rest.at(-1), 'desc') ? 'DESC' : ''
  if (rest.length > 1 && sort !== '') rest = rest.slice(0, -1)
  const collation = rest.length > 2 && isWord(rest.at(-2), 'collate') ? rest.at(-1) : undefined
  if (collation !== undefined) rest = rest.slice(0, -2)

  const [first] = rest
  const collate = collation?.value ?? ''
  if (first === undefined || !/^\w*$/.test(collate)) return undefined
  if (rest.length > 1 || !isIdentifier(first)) {
    return { name: textOf(text, rest), isExpression: true, collate, sort }
  }
  if (first.value === '') return undefined
  return { name: first.value, isExpression: false, collate, sort }
}

/**
 * Formats the statement in PocketBase's normal form, with several columns on lines of their own.
 */
export function formatIndex(index: ParsedIndex): string {
  const start = `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${index.ifNotExists ? 'IF NOT EXISTS ' : ''}`
  const prefix = index.schema === '' ? '' : `${quoteName(index.schema)}.`
  const columns = index.columns.map(formatColumn)
  const list = columns.length > 1 ? `\n  ${columns.join(',\n  ')}\n` : columns.join('')
  const where = index.where === '' ? '' : ` WHERE ${index.where}`
  return `${start}${prefix}${quoteName(index.name)} ON ${quoteName(index.table)} (${list})${where}`
}

function formatColumn({ name, isExpression, collate, sort }: IndexColumn): string {
  return [
    isExpression ? name : quoteName(name),
    ...(collate === '' ? [] : ['COLLATE', collate]),
    ...(sort === '' ? [] : [sort]),
  ].join(' ')
}

/**
 * Moves the index to another table, in normal form. Unchanged if it already names that table, or is
 * not an index.
 */
export function withTableName(text: string, table: string): string {
  const index = parseIndex(text)
  return index === undefined || index.table === table ? text : formatIndex({ ...index, table })
}

/**
 * The column of a single-column UNIQUE index; undefined for any other index. A partial index counts
 * too.
 */
export function singleUniqueColumn(index: ParsedIndex): IndexColumn | undefined {
  const [column, another] = index.columns
  const isSingle = index.unique && another === undefined && column?.isExpression === false
  return isSingle ? column : undefined
}
