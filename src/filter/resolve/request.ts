import { is, SQL, sql } from 'drizzle-orm'
import { resolveBody } from './body.ts'
import { FilterError } from '#filter/syntax/filter-error.ts'
import { knownRecord } from '#filter/sql/joins.ts'
import type { ResolvedOperand } from '#filter/sql/operand.ts'
import { boundText, filledText, nothing, unknownValue } from '#filter/sql/operand.ts'
import { follow, Missing } from './path.ts'
import type { ResolveContext } from './resolve-context.ts'
import { operandAt } from './resolve-context.ts'
import { resolveSession } from './session.ts'
import { resolveStatic } from './static-value.ts'
import { column } from '#filter/sql/term.ts'

/** Fields that PocketBase binds from the loaded auth record: without wildcards and affinity. */
const plainAuthFields = new Set(['email', 'emailVisibility', 'verified'])

/** Resolves `@request.…`; `path` is the rest. What the request does not have is NULL. */
export function resolveRequest(
  context: ResolveContext,
  path: readonly string[],
  position: number,
): ResolvedOperand | FilterError {
  const { values, base } = context
  const [source = '', ...rest] = path
  if (source === 'context' && rest.length === 0) return boundText(values.context)
  if (source === 'method' && rest.length === 0) return boundText(values.method)
  if (rest.length > 0) {
    if (source === 'auth') return resolveAuth(context, rest, position)
    if (source === 'body') return resolveBody(context, rest, position)
    if (source === 'query') return resolveStatic(values.query, rest, base, position)
    if (source === 'headers') return resolveStatic(values.headers, rest, base, position)
    if (source === 'session') return resolveSession(context, rest.join('.'), position)
  }
  return new FilterError(`Unknown ${JSON.stringify(`@request.${path.join('.')}`)}.`, position)
}

function resolveAuth(
  context: ResolveContext,
  path: readonly string[],
  position: number,
): ResolvedOperand | FilterError {
  const { auth } = context.request
  if (auth === undefined) return nothing
  const { catalog, surroundings } = context
  const { collection } = auth
  const { authId } = context.values
  const isKnown = !is(authId, SQL)
  const field = path.join('.')
  if (field === 'collectionId') return boundText(collection.id)
  if (field === 'collectionName') return boundText(collection.name)
  if (field === 'id') {
    if (isKnown) return boundText(authId)
    return filledText({ sql: authId, depth: 2, nodes: [surroundings] })
  }

  const id = isKnown ? authId.sql : authId
  const hops = [knownRecord('@auth', collection, id, isKnown ? 'nothing' : 'surroundings')]
  const route = follow(
    { catalog, collection, hops, isVirtual: false, allowsHidden: true },
    path,
    position,
  )
  if (route instanceof Missing) return nothing
  if (route instanceof FilterError) return route
  if (route.hops.length > hops.length) return operandAt(context, route, position)

  // A field of the record itself is read once, without a join.
  const alias = context.nodes.newAlias(collection.name)
  const value = route.value(alias)
  const isPlain = plainAuthFields.has(field)
  // The plus removes the affinity, which a bound value would not have.
  const selected = isPlain ? sql`+${value.sql}` : value.sql
  const from = sql`${sql.identifier(collection.name)} AS ${sql.identifier(alias)}`
  const query = sql`(SELECT ${selected} FROM ${from} WHERE ${column(alias, 'id')} = ${id})`
  const depth = value.depth + 3
  const nodes = isKnown ? [] : [surroundings]
  return {
    ...unknownValue({ sql: query, depth, innerDepth: depth, nodes }, route.isExact),
    isVerbatim: isPlain,
    reads: route.reads,
  }
}
