/* The outline of a SELECT: the names of its columns, the tables it reads, and its subqueries. */
import { isBalanced, isIdentifier, isSymbol, isWord, type SqlToken } from '#kernel/sql-tokens.ts'

/** A SELECT with its common tables. Several terms are joined by UNION and the like. */
export interface SelectStatement {
  readonly commonTables: readonly CommonTable[]
  readonly terms: readonly SelectTerm[]
  /** The columns that ORDER BY and LIMIT read. */
  readonly tail: Reads
}

/** A table named by WITH. */
export interface CommonTable {
  readonly name: string
  /** The names of its columns; empty if they keep the names in its query. */
  readonly columnNames: readonly string[]
  readonly query: SelectStatement
}

/** One SELECT of a compound, or a list of VALUES. */
export interface SelectTerm {
  /** The first word, in lower case. */
  readonly verb: string
  readonly columns: readonly ResultColumn[]
  readonly sources: readonly Source[]
  /** The columns that its expressions read. */
  readonly expressions: Reads
}

/** A result column of a SELECT. */
export interface ResultColumn {
  /** The name that SQLite would give it: its alias, or the text of the expression. */
  readonly name: string
  readonly expression: readonly SqlToken[]
}

/** An item between FROM and WHERE. One without table and query is a table function. */
export interface Source {
  /** The name that can qualify its columns; empty if there is none. */
  readonly alias: string
  readonly table: TableReference | undefined
  readonly query: SelectStatement | undefined
}

/** A position where a statement reads a table by name. */
export interface TableReference {
  readonly token: SqlToken
  /** True if columns can only be qualified by this name. */
  readonly isNameOfColumns: boolean
}

/** The tables and columns an expression reads. */
export interface Reads {
  readonly queries: readonly SelectStatement[]
  readonly tables: readonly TableReference[]
}

/**
 * The column that an expression consists of, and the table it names; undefined for any other
 * expression. A lone string is a value.
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

/** The type, in lower case, that a whole expression is cast to; undefined if it is not. */
export function castTarget(expression: readonly SqlToken[]): string | undefined {
  const [first, parenthesis] = expression
  const type = expression.at(-2)
  if (!isWord(first, 'cast') || !isSymbol(parenthesis, '(')) return undefined
  if (!isWord(expression.at(-3), 'as') || !isBalanced(expression.slice(2, -1))) return undefined
  return type?.kind === 'word' ? type.value.toLowerCase() : undefined
}

/** The positions where a statement reads stored tables or views, without those named by WITH. */
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
  return mergeReads([
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

/** Merges the reads of several expressions. */
export function mergeReads(reads: readonly Reads[]): Reads {
  return {
    queries: reads.flatMap(({ queries }) => queries),
    tables: reads.flatMap(({ tables }) => tables),
  }
}
