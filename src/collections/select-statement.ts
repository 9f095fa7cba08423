/*
 * The outline of a SELECT: what its columns are called, which tables it reads, where its subqueries
 * are. Expressions are not understood, only searched for subqueries, and a faulty statement gives
 * some outline: whether it runs is for the database to say.
 */
import { isBalanced, isIdentifier, isSymbol, isWord, type SqlToken, textOf } from './sql-tokens.ts'

/** A SELECT with its common tables; several terms are joined by UNION and the like. */
export interface SelectStatement {
  readonly commonTables: readonly CommonTable[]
  readonly terms: readonly SelectTerm[]
  /** What ORDER BY and LIMIT read. */
  readonly tail: Reads
}

/** A table that WITH gives a name. */
export interface CommonTable {
  readonly name: string
  /** What its columns are called; empty when they are called as its query calls them. */
  readonly columnNames: readonly string[]
  readonly query: SelectStatement
}

/** One SELECT of a compound, or a list of VALUES. */
export interface SelectTerm {
  /** The word it begins with, in lower case. */
  readonly verb: string
  readonly columns: readonly ResultColumn[]
  readonly sources: readonly Source[]
  /** What its expressions read. */
  readonly expressions: Reads
}

/** A column a SELECT gives. */
export interface ResultColumn {
  /** The name as SQLite would give it; the expression's text when it has no alias. */
  readonly name: string
  readonly expression: readonly SqlToken[]
}

/** What stands between FROM and WHERE; a source without table and query is a table function. */
export interface Source {
  /** The name its columns can be qualified by; empty when it has none. */
  readonly alias: string
  readonly table: TableReference | undefined
  readonly query: SelectStatement | undefined
}

/** A place where a statement reads a table by its name. */
export interface TableReference {
  readonly token: SqlToken
  /** Whether columns can be qualified by nothing but this name. */
  readonly isNameOfColumns: boolean
}

/** What an expression reads. */
export interface Reads {
  readonly queries: readonly SelectStatement[]
  readonly tables: readonly TableReference[]
}

const queryWords = ['select', 'with', 'values']
const compoundWords = ['union', 'intersect', 'except']
const joinWords = ['natural', 'left', 'right', 'full', 'inner', 'outer', 'cross', 'join']
const clauseWords = ['where', 'group', 'having', 'order', 'limit', ...compoundWords]
/** `window` may be the name of a column, but of no source. */
const sourceClauseWords = ['window', ...clauseWords]
const afterSourceWords = ['on', 'using', 'indexed', 'not', ...joinWords, ...sourceClauseWords]

/** Words that an operand follows: what stands behind them is no alias. */
const operatorWords = (
  'and or not is in like glob match regexp between escape collate ' +
  'case when then else over from distinct exists all'
).split(' ')
/** Words that end an expression and cannot be an alias. */
const closingWords = ['end', 'null', 'isnull', 'notnull']

/** Reads the outline of a statement from its tokens, which must be balanced. */
export function outlineSelect(text: string, tokens: readonly SqlToken[]): SelectStatement {
  let at = 0

  const peek = (offset = 0): SqlToken | undefined => tokens[at + offset]
  const skipWord = (...words: readonly string[]): boolean => {
    const found = isWord(peek(), ...words)
    if (found) at++
    return found
  }
  const skipSymbol = (symbol: string): boolean => {
    const found = isSymbol(peek(), symbol)
    if (found) at++
    return found
  }
  const atEnd = (): boolean => peek() === undefined || isSymbol(peek(), ')')
  /** Whether a list of columns ends here; the FROM of IS DISTINCT FROM ends none. */
  const atClause = (): boolean =>
    isWord(peek(), ...clauseWords) || (isWord(peek(), 'from') && !isWord(peek(-1), 'distinct'))

  function readStatement(): SelectStatement {
    const commonTables = skipWord('with') ? readCommonTables() : []
    const terms = [readTerm()]
    while (skipWord(...compoundWords)) {
      skipWord('all')
      terms.push(readTerm())
    }
    return { commonTables, terms, tail: readExpressions(atEnd) }
  }

  function readCommonTables(): CommonTable[] {
    skipWord('recursive')
    const tables: CommonTable[] = []
    do {
      const name = peek()?.value ?? ''
      at++
      const start = at
      readExpressions(() => atEnd() || isWord(peek(), 'as'))
      const columnNames = tokens
        .slice(start, at)
        .filter(isIdentifier)
        .map(({ value }) => value)
      readExpressions(() => atEnd() || isSymbol(peek(), '('))
      if (skipSymbol('(')) tables.push({ name, columnNames, query: readStatement() })
      skipSymbol(')')
    } while (skipSymbol(','))
    return tables
  }

  function readTerm(): SelectTerm {
    const verb = peek()?.value.toLowerCase() ?? ''
    const reads: Reads[] = []
    const columns: ResultColumn[] = []
    const sources: Source[] = []
    if (skipWord('select')) {
      skipWord('distinct', 'all')
      do columns.push(readColumn(reads))
      while (skipSymbol(','))
      if (skipWord('from')) sources.push(...readSources(reads))
    }
    reads.push(readExpressions(() => atEnd() || isWord(peek(), ...compoundWords)))
    return { verb, columns, sources, expressions: merge(reads) }
  }

  function readColumn(reads: Reads[]): ResultColumn {
    const start = at
    reads.push(readExpressions(() => atEnd() || isSymbol(peek(), ',') || atClause()))
    return toColumn(text, tokens.slice(start, at))
  }

  function readSources(reads: Reads[]): Source[] {
    const sources: Source[] = []
    const atNext = () =>
      atEnd() || isSymbol(peek(), ',') || isWord(peek(), ...joinWords, ...sourceClauseWords)
    do {
      sources.push(...readSource(reads))
      reads.push(readExpressions(atNext))
      while (skipWord(...joinWords.slice(0, -1)));
    } while (skipSymbol(',') || skipWord('join'))
    return sources
  }

  function readSource(reads: Reads[]): Source[] {
    if (skipSymbol('(')) {
      const query = isWord(peek(), ...queryWords) ? readStatement() : undefined
      const joined = query === undefined ? readSources(reads) : []
      skipSymbol(')')
      const alias = readAlias() ?? ''
      return query === undefined ? joined : [{ alias, table: undefined, query }]
    }

    if (isSymbol(peek(1), '.')) at += 2
    const token = peek()
    if (!isIdentifier(token)) return []
    at++
    const isFunction = skipSymbol('(')
    if (isFunction) {
      reads.push(readExpressions(atEnd))
      skipSymbol(')')
    }
    const alias = readAlias()
    const table = isFunction ? undefined : { token, isNameOfColumns: alias === undefined }
    return [{ alias: alias ?? token.value, table, query: undefined }]
  }

  function readAlias(): string | undefined {
    const isMarked = skipWord('as')
    const token = peek()
    if (!isIdentifier(token) || (!isMarked && isWord(token, ...afterSourceWords))) return undefined
    at++
    return token.value
  }

  /** Passes over expressions until the given point outside of parentheses. */
  function readExpressions(isOver: () => boolean): Reads {
    const queries: SelectStatement[] = []
    const tables: TableReference[] = []
    while (peek() !== undefined && !isOver()) {
      if (skipSymbol('(')) {
        if (isWord(peek(), ...queryWords)) queries.push(readStatement())
        const inner = readExpressions(atEnd)
        queries.push(...inner.queries)
        tables.push(...inner.tables)
        skipSymbol(')')
      } else if (isWord(peek(), 'in') && isIdentifier(peek(1))) {
        at += isSymbol(peek(2), '.') ? 3 : 1
        const token = peek()
        if (isIdentifier(token) && !isSymbol(peek(1), '(')) {
          tables.push({ token, isNameOfColumns: false })
        }
      } else {
        at++
      }
    }
    return { queries, tables }
  }

  return readStatement()
}

function toColumn(text: string, tokens: readonly SqlToken[]): ResultColumn {
  const last = tokens.at(-1)
  if (tokens.length > 1 && isIdentifier(last)) {
    if (isWord(tokens.at(-2), 'as')) return { name: last.value, expression: tokens.slice(0, -2) }
    const expression = tokens.slice(0, -1)
    if (isOperand(expression.at(-1)) && !isWord(last, ...closingWords)) {
      return { name: last.value, expression }
    }
  }
  const column = columnReference(withoutOuterParentheses(tokens))
  return { name: column?.name ?? textOf(text, tokens), expression: tokens }
}

function withoutOuterParentheses(tokens: readonly SqlToken[]): readonly SqlToken[] {
  const inner = tokens.slice(1, -1)
  const isWrapped = isSymbol(tokens[0], '(') && isSymbol(tokens.at(-1), ')') && isBalanced(inner)
  return isWrapped ? withoutOuterParentheses(inner) : tokens
}

/** Whether an expression may end with the token. */
function isOperand(token: SqlToken | undefined): boolean {
  return token?.kind === 'symbol' ? token.value === ')' : !isWord(token, ...operatorWords)
}

/**
 * The column an expression consists of, with the table it names; undefined for any other expression.
 * A lone string is a value.
 */
export function columnReference(
  expression: readonly SqlToken[],
): { readonly name: string; readonly qualifier: string | undefined } | undefined {
  const names = expression.filter((_, position) => position % 2 === 0)
  const dots = expression.filter((_, position) => position % 2 === 1)
  const name = names.at(-1)
  if (name === undefined || names.length === dots.length || names.length > 3) return undefined
  if (!names.every(isIdentifier) || !dots.every((dot) => isSymbol(dot, '.'))) return undefined
  if (names.length === 1 && (name.kind === 'string' || isWord(name, 'null'))) return undefined
  return { name: name.value, qualifier: names.at(-2)?.value }
}

/** The type, in lower case, that an expression is cast to as a whole; undefined when it is not. */
export function castTarget(expression: readonly SqlToken[]): string | undefined {
  const [first, parenthesis] = expression
  const type = expression.at(-2)
  if (!isWord(first, 'cast') || !isSymbol(parenthesis, '(')) return undefined
  if (!isWord(expression.at(-3), 'as') || !isBalanced(expression.slice(2, -1))) return undefined
  return type?.kind === 'word' ? type.value.toLowerCase() : undefined
}

/** The places where a statement reads stored tables or views; names that WITH gives are left out. */
export function tableReferences(
  statement: SelectStatement,
  hidden: ReadonlySet<string> = new Set(),
): TableReference[] {
  const names = statement.commonTables.map(({ name }) => name.toLowerCase())
  const common = new Set([...hidden, ...names])
  const reads = [...statement.terms.map(readsOfTerm), statement.tail]
  const queries = [
    ...statement.commonTables.map(({ query }) => query),
    ...reads.flatMap((read) => read.queries),
  ]
  return [
    ...reads.flatMap(({ tables }) => tables.filter((table) => !common.has(nameOf(table)))),
    ...queries.flatMap((query) => tableReferences(query, common)),
  ]
}

function readsOfTerm({ sources, expressions }: SelectTerm): Reads {
  return merge([
    {
      queries: sources.flatMap(({ query }) => query ?? []),
      tables: sources.flatMap(({ table }) => table ?? []),
    },
    expressions,
  ])
}

function nameOf({ token }: TableReference): string {
  return token.value.toLowerCase()
}

function merge(reads: readonly Reads[]): Reads {
  return {
    queries: reads.flatMap(({ queries }) => queries),
    tables: reads.flatMap(({ tables }) => tables),
  }
}
