import type { FilterFault } from './fault.ts'
import type { Joins, Place } from './joins.ts'
import type { Many, ResolvedOperand } from './operand.ts'
import { unknownValue } from './operand.ts'
import type { Route } from './path.ts'
import type { FilterCatalog, FilterCollection, RequestInfo } from './schema.ts'
import type { Term } from './term.ts'

/**
 * Who wrote an expression. A rule may use everything; a client no hidden field, no private email and
 * no record the caller could not list.
 */
export type Access = 'rule' | 'client'

/** All that names in an expression may refer to, and the joins they are found by. */
export interface Scope {
  readonly catalog: FilterCatalog
  readonly request: RequestInfo
  readonly access: Access
  /** The collection whose records are tested. */
  readonly base: FilterCollection
  /** Where those records are in the query. */
  readonly root: Place
  /** True when the record tested is not stored yet. */
  readonly isVirtual: boolean
  readonly joins: Joins
  /** The moment macros tell of. */
  readonly now: Date
  /** Sees to it that only records count that the caller may list; for clients' paths. */
  guard(place: Place, collection: FilterCollection, position: number): FilterFault | undefined
  /** Whether the caller may list the record under an alias; undefined where everybody may. */
  isListable(
    collection: FilterCollection,
    alias: string,
    position: number,
  ): Term | FilterFault | undefined
}

/** Joins the rows a route passes, guards them, and gives what it reads at its end. */
export function operandAt(
  scope: Scope,
  route: Route,
  position: number,
): ResolvedOperand | FilterFault {
  let place = scope.root
  for (const hop of route.hops) {
    place = scope.joins.reach(place, hop)
    if (scope.access === 'rule' || hop.collection === undefined) continue
    const fault = scope.guard(place, hop.collection, position)
    if (fault !== undefined) return fault
  }

  const operand = unknownValue(route.value(place.alias), route.isExact)
  return {
    ...operand,
    many: route.hops.some((hop) => hop.isMultiple) ? manyOf(scope, route, position) : undefined,
    emailOf: scope.access === 'client' && route.isEmail ? place.alias : undefined,
  }
}

function manyOf(scope: Scope, route: Route, position: number): Many {
  if (scope.access === 'rule') return route
  return {
    ...route,
    isListable: (collection, alias) => scope.isListable(collection, alias, position),
  }
}
