/*
 * The outline of a SELECT: what its columns are called, which tables it reads, where its subqueries
 * are.
 */
import { isBalanced, isIdentifier, isSymbol, isWord, type SqlToken } from '#kernel/sql-tokens.ts'

/** A SELECT with its common tables; several terms are joined by UNION and the like. */
export interface SelectStatement {
  readonly commonTables: readonly CommonTable[]
  readonly terms: readonly SelectTerm[]
  /** The columns that ORDER BY and LIMIT read. */
  readonly tail: Reads
}

/** A table that WITH gives a name. */
export interface CommonTable {
  readonly name: string
  /** The names of its columns; empty when they keep the names of its query. */
  readonly columnNames: readonly string[]
  readonly query: SelectStatement
}

/** One SELECT of a compound, or a list of VALUES. */
export interface SelectTerm {
  /** The word it begins with, in lower case. */
  readonly verb: string
  readonly columns: readonly ResultColumn[]
  readonly sources: readonly Source[]
  /** The columns that its expressions read. */
  readonly expressions: Reads
}

/** A column a SELECT gives. */
export interface ResultColumn {
  /** The name as SQLite would give it; the expression's text when it has no alias. */
  readonly name: string
  readonly expression: readonly SqlToken[]
}

/** An item between FROM and WHERE; one without table and query is a table function. */
export interface Source {
  /** The name its columns can be qualified by; empty when it has none. */
  readonly alias: string
  readonly table: TableReference | undefined
  readonly query: SelectStatement | undefined
}

/** A place where a statement reads a table by its name. */
export interface TableReference {
  readonly token: SqlToken
  /** True when columns can only be qualified by this name. */
  readonly isNameOfColumns: boolean
}

/** The tables and columns an expression reads. */
export interface Reads {
  readonly queries: readonly SelectStatement[]
  readonly tables: readonly TableReference[]
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

/** The reads of several expressions together. */
export function mergeReads(reads: readonly Reads[]): Reads {
  return {
    queries: reads.flatMap(({ queries }) => queries),
    tables: reads.flatMap(({ tables }) => tables),
  }
}
