import { FilterError } from './filter-error.ts'
import { anyRecord } from './joins.ts'
import type { ResolvedOperand } from './operand.ts'
import { follow, Missing } from './path.ts'
import { resolveRequest } from './request.ts'
import type { ResolveContext } from './scope.ts'
import { operandAt } from './scope.ts'

/** Resolves a name: a field path, `@request.…` or `@collection.…`. */
export function resolveName(
  scope: ResolveContext,
  name: string,
  position: number,
): ResolvedOperand | FilterError {
  const segments = name.split('.')
  if (name.startsWith('@') && scope.access === 'client') {
    return new FilterError(`${JSON.stringify(name)} is for rules only.`, position)
  }
  if (segments[0] === '@request') return resolveRequest(scope, segments.slice(1), position)
  if (segments[0] === '@collection') return resolveCollection(scope, segments.slice(1), position)
  return resolvePath(scope, segments, position)
}

function resolvePath(
  scope: ResolveContext,
  segments: readonly string[],
  position: number,
): ResolvedOperand | FilterError {
  const { catalog, base, isVirtual, access } = scope
  const start = { catalog, collection: base, hops: [], isVirtual, allowsHidden: access === 'rule' }
  const route = follow(start, segments, position)
  if (route instanceof Missing) return new FilterError(route.message, position)
  return route instanceof FilterError ? route : operandAt(scope, route, position)
}

/** `@collection.name.path` or `@collection.name:alias.path`. */
function resolveCollection(
  scope: ResolveContext,
  [source = '', ...path]: readonly string[],
  position: number,
): ResolvedOperand | FilterError {
  const [name = '', alias = '', ...more] = source.split(':')
  const collection = more.length > 0 ? undefined : scope.catalog.find(name)
  if (collection === undefined || path.length === 0) {
    return new FilterError(`Unknown collection ${JSON.stringify(source)}.`, position)
  }

  const { catalog } = scope
  const hops = [anyRecord(collection, alias)]
  const route = follow(
    { catalog, collection, hops, isVirtual: false, allowsHidden: true },
    path,
    position,
  )
  if (route instanceof Missing) return new FilterError(route.message, position)
  return route instanceof FilterError ? route : operandAt(scope, route, position)
}
