import type { FilterError } from './filter-error.ts'
import type { Formula } from './formula.ts'
import type { JoinNode, JoinNodes } from './joins.ts'
import type { Many, ResolvedOperand } from './operand.ts'
import { unknownValue } from './operand.ts'
import type { Route } from './path.ts'
import type { FilterCatalog, FilterCollection, RequestInfo } from './schema.ts'
import { readingAt } from './term.ts'

/**
 * Who wrote an expression. A rule may use everything; a client no hidden field, no private email and
 * no record the caller could not list.
 */
export type Access = 'rule' | 'client'

/** All that names in an expression may refer to, and the nodes they are found at. */
export interface ResolveContext {
  readonly catalog: FilterCatalog
  readonly request: RequestInfo
  readonly access: Access
  /** The collection whose records are tested. */
  readonly base: FilterCollection
  /** Where those records are in the query. */
  readonly root: JoinNode
  /** True when the record tested is not stored yet. */
  readonly isVirtual: boolean
  /** Stands for what is outside the query: no rows of it, and not the same for all statements. */
  readonly surroundings: JoinNode
  readonly nodes: JoinNodes
  /** The moment macros tell of. */
  readonly now: Date
  /** Sees to it that only records count that the caller may list; for clients' paths. */
  guard(node: JoinNode, collection: FilterCollection, position: number): FilterError | undefined
  /** Whether the caller may list the record at a node; undefined where everybody may. */
  isListable(
    collection: FilterCollection,
    node: JoinNode,
    position: number,
  ): Formula | FilterError | undefined
}

/** Goes the steps of a route, guards them, and gives what it reads at its end. */
export function operandAt(
  scope: ResolveContext,
  route: Route,
  position: number,
): ResolvedOperand | FilterError {
  let node = scope.root
  for (const hop of route.hops) {
    node = scope.nodes.reach(node, hop)
    if (scope.access === 'rule' || hop.collection === undefined) continue
    const fault = scope.guard(node, hop.collection, position)
    if (fault !== undefined) return fault
  }

  const operand = readingAt(node, unknownValue(route.value(node.alias), route.isExact))
  return {
    ...operand,
    many: route.hops.some((hop) => hop.isMultiple) ? manyOf(scope, route, position) : undefined,
    emailOf: scope.access === 'client' && route.isEmail ? node : undefined,
  }
}

function manyOf(scope: ResolveContext, route: Route, position: number): Many {
  if (scope.access === 'rule') return route
  return {
    ...route,
    isListable: (collection, node) => scope.isListable(collection, node, position),
  }
}
