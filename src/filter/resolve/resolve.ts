import { FilterError } from '#filter/syntax/filter-error.ts'
import { anyRecord } from '#filter/sql/joins.ts'
import type { ResolvedOperand } from '#filter/sql/operand.ts'
import { follow, Missing } from './path.ts'
import { resolveRequest } from './request.ts'
import type { ResolveContext } from './resolve-context.ts'
import { operandAt } from './resolve-context.ts'

/** Resolves a name: a field path, `@request.…` or `@collection.…`. */
export function resolveName(
  context: ResolveContext,
  name: string,
  position: number,
): ResolvedOperand | FilterError {
  const segments = name.split('.')
  if (name.startsWith('@') && context.access === 'client') {
    return new FilterError(`${JSON.stringify(name)} is for rules only.`, position)
  }
  if (segments[0] === '@request') return resolveRequest(context, segments.slice(1), position)
  if (segments[0] === '@collection') return resolveCollection(context, segments.slice(1), position)
  return resolvePath(context, segments, position)
}

function resolvePath(
  context: ResolveContext,
  segments: readonly string[],
  position: number,
): ResolvedOperand | FilterError {
  const { catalog, base, isVirtual, access } = context
  const start = { catalog, collection: base, hops: [], isVirtual, allowsHidden: access === 'rule' }
  const route = follow(start, segments, position)
  if (route instanceof Missing) return new FilterError(route.message, position)
  return route instanceof FilterError ? route : operandAt(context, route, position)
}

/** `@collection.name.path` or `@collection.name:alias.path`. */
function resolveCollection(
  context: ResolveContext,
  [source = '', ...path]: readonly string[],
  position: number,
): ResolvedOperand | FilterError {
  const [name = '', alias = '', ...more] = source.split(':')
  const collection = more.length > 0 ? undefined : context.catalog.find(name)
  if (collection === undefined || path.length === 0) {
    return new FilterError(`Unknown collection ${JSON.stringify(source)}.`, position)
  }

  const { catalog } = context
  const hops = [anyRecord(collection, alias)]
  const route = follow(
    { catalog, collection, hops, isVirtual: false, allowsHidden: true },
    path,
    position,
  )
  if (route instanceof Missing) return new FilterError(route.message, position)
  return route instanceof FilterError ? route : operandAt(context, route, position)
}
