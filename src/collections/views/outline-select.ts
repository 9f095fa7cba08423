import {
  columnReference,
  type CommonTable,
  mergeReads,
  type Reads,
  type ResultColumn,
  type SelectStatement,
  type SelectTerm,
  type Source,
} from './select-statement.ts'
import {
  isBalanced,
  isIdentifier,
  isSymbol,
  isWord,
  type SqlToken,
  textOf,
} from '#kernel/sql-tokens.ts'

/**
 * Parses the outline of a statement from its tokens, which must be balanced.
 *
 * Expressions are not parsed but only searched for subqueries, and an invalid statement still has
 * some outline: only the database can tell if it runs.
 */
export function outlineSelect(text: string, tokens: readonly SqlToken[]): SelectStatement {
  return new SelectReader(text, tokens).readStatement()
}

const queryWords = ['select', 'with', 'values']
const compoundWords = ['union', 'intersect', 'except']
const joinWords = ['natural', 'left', 'right', 'full', 'inner', 'outer', 'cross', 'join']
const clauseWords = ['where', 'group', 'having', 'order', 'limit', ...compoundWords]
/** `window` can be the name of a column, but not of a source. */
const sourceClauseWords = ['window', ...clauseWords]
const afterSourceWords = ['on', 'using', 'indexed', 'not', ...joinWords, ...sourceClauseWords]

/** Words that are followed by an operand, so that what comes next is no alias. */
const operatorWords = (
  'and or not is in like glob match regexp between escape collate ' +
  'case when then else over from distinct exists all'
).split(' ')
/** Words that end an expression and cannot be an alias. */
const closingWords = ['end', 'null', 'isnull', 'notnull']

class SelectReader {
  readonly #text: string
  readonly #tokens: readonly SqlToken[]
  #at = 0

  constructor(text: string, tokens: readonly SqlToken[]) {
    this.#text = text
    this.#tokens = tokens
  }

  readStatement(): SelectStatement {
    const commonTables = this.#skipWord('with') ? this.#readCommonTables() : []
    const terms = [this.#readTerm()]
    while (this.#skipWord(...compoundWords)) {
      this.#skipWord('all')
      terms.push(this.#readTerm())
    }
    return { commonTables, terms, tail: this.#readExpressions() }
  }

  #readCommonTables(): CommonTable[] {
    this.#skipWord('recursive')
    const tables: CommonTable[] = []
    do {
      const name = this.#take()?.value ?? ''
      const columnNames = this.#takeUntilWord('as').filter(isIdentifier)
      this.#readExpressions(() => isSymbol(this.#peek(), '('))
      const query = this.#readGroup(() => this.readStatement())
      if (query === undefined) continue
      tables.push({ name, columnNames: columnNames.map(({ value }) => value), query })
    } while (this.#skipSymbol(','))
    return tables
  }

  #readTerm(): SelectTerm {
    const verb = this.#peek()?.value.toLowerCase() ?? ''
    const reads: Reads[] = []
    const columns: ResultColumn[] = []
    const sources: Source[] = []
    if (this.#skipWord('select')) {
      this.#skipWord('distinct', 'all')
      do columns.push(this.#readColumn(reads))
      while (this.#skipSymbol(','))
      if (this.#skipWord('from')) sources.push(...this.#readSources(reads))
    }
    reads.push(this.#readExpressions(() => isWord(this.#peek(), ...compoundWords)))
    return { verb, columns, sources, expressions: mergeReads(reads) }
  }

  #readColumn(reads: Reads[]): ResultColumn {
    const start = this.#at
    reads.push(this.#readExpressions(() => isSymbol(this.#peek(), ',') || this.#isAtClause()))
    return toColumn(this.#text, this.#tokens.slice(start, this.#at))
  }

  /** True at the end of a list of columns, but not at the FROM of IS DISTINCT FROM. */
  #isAtClause(): boolean {
    const isFrom = isWord(this.#peek(), 'from') && !isWord(this.#peek(-1), 'distinct')
    return isFrom || isWord(this.#peek(), ...clauseWords)
  }

  #readSources(reads: Reads[]): Source[] {
    const sources: Source[] = []
    const isAtNext = () =>
      isSymbol(this.#peek(), ',') || isWord(this.#peek(), ...joinWords, ...sourceClauseWords)
    do {
      sources.push(...this.#readSource(reads))
      reads.push(this.#readExpressions(isAtNext))
    } while (this.#skipSymbol(',') || this.#skipJoin())
    return sources
  }

  #skipJoin(): boolean {
    const start = this.#at
    while (this.#skipWord(...joinWords));
    return this.#at > start
  }

  /** Reads a table, a table function or a subquery; several sources if a join is in parentheses. */
  #readSource(reads: Reads[]): Source[] {
    const group = this.#readGroup(() =>
      isWord(this.#peek(), ...queryWords) ? this.readStatement() : this.#readSources(reads),
    )
    if (group !== undefined) {
      const alias = this.#readAlias() ?? ''
      return Array.isArray(group) ? group : [{ alias, table: undefined, query: group }]
    }

    if (isSymbol(this.#peek(1), '.')) this.#at += 2
    const token = this.#peek()
    if (!isIdentifier(token)) return []

    this.#at++
    const functionReads = this.#readGroup(() => this.#readExpressions())
    reads.push(...(functionReads === undefined ? [] : [functionReads]))
    const alias = this.#readAlias()
    const table = { token, isNameOfColumns: alias === undefined }
    return [
      {
        alias: alias ?? token.value,
        table: functionReads === undefined ? table : undefined,
        query: undefined,
      },
    ]
  }

  #readAlias(): string | undefined {
    const isMarked = this.#skipWord('as')
    const token = this.#peek()
    if (!isIdentifier(token) || (!isMarked && isWord(token, ...afterSourceWords))) return undefined
    this.#at++
    return token.value
  }

  /** Skips expressions up to the given point, or to the end of the parentheses. */
  #readExpressions(isOver: () => boolean = () => false): Reads {
    const reads: Reads[] = []
    while (!this.#isAtEnd() && !isOver()) {
      const read = this.#readGroup(() => this.#readInnerExpressions()) ?? this.#readTableOfIn()
      if (read === undefined) this.#at++
      else reads.push(read)
    }
    return mergeReads(reads)
  }

  #readInnerExpressions(): Reads {
    const query = isWord(this.#peek(), ...queryWords) ? [this.readStatement()] : []
    return mergeReads([{ queries: query, tables: [] }, this.#readExpressions()])
  }

  /** Reads the table in `x IN table`. */
  #readTableOfIn(): Reads | undefined {
    if (!isWord(this.#peek(), 'in') || !isIdentifier(this.#peek(1))) return undefined
    this.#at += isSymbol(this.#peek(2), '.') ? 3 : 1
    const token = this.#take()
    const isTable = isIdentifier(token) && !isSymbol(this.#peek(), '(')
    return { queries: [], tables: isTable ? [{ token, isNameOfColumns: false }] : [] }
  }

  /** Reads a group in parentheses, if there is one here. */
  #readGroup<T>(read: () => T): T | undefined {
    if (!this.#skipSymbol('(')) return undefined
    const group = read()
    this.#skipSymbol(')')
    return group
  }

  #peek(offset = 0): SqlToken | undefined {
    return this.#tokens[this.#at + offset]
  }

  #take(): SqlToken | undefined {
    return this.#tokens[this.#at++]
  }

  #takeUntilWord(word: string): readonly SqlToken[] {
    const start = this.#at
    this.#readExpressions(() => isWord(this.#peek(), word))
    return this.#tokens.slice(start, this.#at)
  }

  #isAtEnd(): boolean {
    return this.#peek() === undefined || isSymbol(this.#peek(), ')')
  }

  #skipWord(...words: readonly string[]): boolean {
    const isFound = isWord(this.#peek(), ...words)
    if (isFound) this.#at++
    return isFound
  }

  #skipSymbol(symbol: string): boolean {
    const isFound = isSymbol(this.#peek(), symbol)
    if (isFound) this.#at++
    return isFound
  }
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

/** True if an expression can end with the token. */
function isOperand(token: SqlToken | undefined): boolean {
  return token?.kind === 'symbol' ? token.value === ')' : !isWord(token, ...operatorWords)
}
