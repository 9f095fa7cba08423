import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import { balanced } from '#kernel/balanced.ts'
import type { JoinNode } from './joins.ts'

/** SQL under construction, with the maximum depth of SQLite's expression tree for it. */
export interface Term {
  readonly sql: SQL
  readonly depth: number
  /**
   * The depth of the deepest condition in a subselect, which SQLite adds to the depth around it.
   */
  readonly innerDepth?: number
  /** The nodes whose rows it reads. */
  readonly nodes?: readonly JoinNode[]
}

/** A term that adds `levels` of nesting to the deepest of its parts. */
export function term(query: SQL, levels: number, ...parts: readonly Term[]): Term {
  return {
    sql: query,
    depth: levels + Math.max(0, ...parts.map((part) => part.depth)),
    innerDepth: Math.max(0, ...parts.map((part) => part.innerDepth ?? 0)),
    nodes: [...new Set(parts.flatMap((part) => part.nodes ?? []))],
  }
}

/** The same term, known to read a node. */
export function readingAt<T extends Term>(node: JoinNode, query: T): T {
  return { ...query, nodes: [...new Set([...(query.nodes ?? []), node])] }
}

/** Joins terms as a balanced tree. */
export function joinTerms(kind: 'and' | 'or', first: Term, ...others: readonly Term[]): Term {
  const join = (left: Term, right: Term): Term => {
    const joined =
      kind === 'and' ? sql`(${left.sql} AND ${right.sql})` : sql`(${left.sql} OR ${right.sql})`
    return term(joined, 1, left, right)
  }
  return balanced([first, ...others], join, first)
}

/** A column of an alias. */
export function column(alias: string, name: string): SQL {
  return sql`${sql.identifier(alias)}.${sql.identifier(name)}`
}

/** Estimates the length of SQL without rendering it. Stops counting past `limit`. */
export function sqlLength(query: SQL, limit: number): number {
  let length = 0
  const pending: unknown[] = [query]
  while (pending.length > 0 && length <= limit) {
    const chunk = pending.pop()
    if (typeof chunk !== 'object' || chunk === null) length += packedParameterLength
    else if ('queryChunks' in chunk && Array.isArray(chunk.queryChunks)) {
      pending.push(...chunk.queryChunks)
    } else if (Array.isArray(chunk)) pending.push(...chunk)
    else if ('value' in chunk && Array.isArray(chunk.value)) length += chunk.value.join('').length
    else if ('value' in chunk && typeof chunk.value === 'string') length += chunk.value.length + 2
    else length += packedParameterLength
  }
  return length
}

/** `json_extract(?1,'$[100]')`: the length of a bound value in a large statement. */
const packedParameterLength = 26
