import type { FilterError } from '#filter/syntax/filter-error.ts'
import type { Formula } from '#filter/sql/formula.ts'
import type { JoinNode, JoinNodes } from '#filter/sql/joins.ts'
import type { Many, ResolvedOperand } from '#filter/sql/operand.ts'
import { unknownValue } from '#filter/sql/operand.ts'
import type { Route } from './path.ts'
import type { RequestValues } from '#filter/request-values.ts'
import type { FilterCatalog, FilterCollection, RequestInfo } from '#filter/schema.ts'
import { readingAt } from '#filter/sql/term.ts'

/**
 * The author of an expression. A rule may use everything. A client may not use hidden fields,
 * private emails, or records that the caller cannot list.
 */
export type Access = 'rule' | 'client'

/** Everything that names in an expression may refer to, and the nodes where it is found. */
export interface ResolveContext {
  readonly catalog: FilterCatalog
  readonly request: RequestInfo
  readonly access: Access
  /** The collection whose records are tested. */
  readonly base: FilterCollection
  /** The node of those records in the query. */
  readonly root: JoinNode
  /** True if the tested record is not stored yet. */
  readonly isVirtual: boolean
  /** Stands for everything outside the query. It is not the same in all statements. */
  readonly surroundings: JoinNode
  readonly nodes: JoinNodes
  /** The values of the request, and the time that macros refer to. */
  readonly values: RequestValues
  /** Restricts a node to records that the caller can list; for clients' paths. */
  guard(node: JoinNode, collection: FilterCollection, position: number): FilterError | undefined
  /** The condition for the caller to list the record at a node; undefined if all callers can. */
  isListable(
    collection: FilterCollection,
    node: JoinNode,
    position: number,
  ): Formula | FilterError | undefined
}

/** Follows and guards the hops of a route and returns the operand at its end. */
export function operandAt(
  context: ResolveContext,
  route: Route,
  position: number,
): ResolvedOperand | FilterError {
  let node = context.root
  for (const hop of route.hops) {
    node = context.nodes.reach(node, hop)
    if (context.access === 'rule' || hop.collection === undefined) continue
    const fault = context.guard(node, hop.collection, position)
    if (fault !== undefined) return fault
  }

  const operand = readingAt(node, unknownValue(route.value(node.alias), route.isExact))
  return {
    ...operand,
    many: route.hops.some((hop) => hop.isMultiple) ? manyOf(context, route, position) : undefined,
    emailOf: context.access === 'client' && route.isEmail ? node : undefined,
    reads: route.reads,
  }
}

function manyOf(context: ResolveContext, route: Route, position: number): Many {
  if (context.access === 'rule') return route
  return {
    ...route,
    isListable: (collection, node) => context.isListable(collection, node, position),
  }
}
