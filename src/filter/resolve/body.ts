import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import { fixed, type Value } from '#database/value.ts'
import { compareSides } from '#filter/sql/compare.ts'
import { FilterError } from '#filter/syntax/filter-error.ts'
import { listedRecords, listedValues } from '#filter/sql/joins.ts'
import { arrayOf, extract, jsonPath, lengthOf } from '#filter/sql/json.ts'
import type { ResolvedOperand } from '#filter/sql/operand.ts'
import {
  boundText,
  count,
  lowered,
  nothing,
  plainText,
  truth,
  unknownValue,
} from '#filter/sql/operand.ts'
import type { Modifier, Route } from './path.ts'
import { follow, Missing, splitModifier } from './path.ts'
import type { BodyValue, FilterField, RequestInfo } from '#filter/schema.ts'
import type { ResolveContext } from './resolve-context.ts'
import { operandAt } from './resolve-context.ts'
import { resolveStatic } from './static-value.ts'
import type { Term } from '#filter/sql/term.ts'
import { column, term } from '#filter/sql/term.ts'

/** A submitted value: known to each request, or an SQL expression of one. */
type SubmittedValue = { readonly known: Value<unknown> } | { readonly sql: SQL }

/** A submitted field of the base collection; without a value if it was not submitted. */
interface Submitted {
  readonly context: ResolveContext
  readonly field: FilterField
  readonly value: SubmittedValue | undefined
  readonly position: number
}

/** The assumed depth of a submitted expression, which this module cannot see. */
const expressionDepth = 8

/** Resolves `@request.body.…`; `path` is the rest. */
export function resolveBody(
  context: ResolveContext,
  path: readonly string[],
  position: number,
): ResolvedOperand | FilterError {
  const { base, values } = context
  const [first = '', ...rest] = path
  const split = splitModifier(first)
  if (typeof split === 'string') return new FilterError(split, position)

  const field = base.field(split.name)
  if (field === undefined) {
    return resolveStatic(values.body.map(knownValues), path, base, position)
  }
  const submitted = { context, field, value: submittedValue(context, field.name), position }
  if (rest.length > 0 && field.relatedCollectionId !== undefined) {
    return throughRelation(submitted, rest)
  }
  const operand = rest.length > 0 ? nested(submitted, rest) : modified(submitted, split.modifier)
  if (operand instanceof FilterError) return operand
  return { ...operand, reads: { collection: base, field: field.name } }
}

function modified(
  submitted: Submitted,
  modifier: Modifier | undefined,
): ResolvedOperand | FilterError {
  const { value } = submitted
  switch (modifier) {
    case undefined:
      return plain(submitted)
    case 'isset':
      return truth(value !== undefined)
    case 'changed':
      return changed(submitted)
    case 'length':
      return length(submitted)
    case 'each':
      return each(submitted)
    case 'lower':
      return lower(submitted)
  }
}

/** The value of a field. The plan of an expression serves only the request that it belongs to. */
function submittedValue(
  { request, values }: ResolveContext,
  name: string,
): SubmittedValue | undefined {
  const kind = values.body.ask((body) => kindOf(valueIn(body, name)))
  if (kind === 'none') return undefined
  if (kind === 'known') return { known: values.body.map((body) => knownIn(valueIn(body, name))) }
  const value = valueIn(request.body, name)
  return value !== undefined && 'sql' in value ? value : undefined
}

type Body = RequestInfo['body']

function valueIn(body: Body, name: string): BodyValue | undefined {
  return Object.hasOwn(body, name) ? body[name] : undefined
}

function kindOf(value: BodyValue | undefined): 'none' | 'known' | 'sql' {
  if (value === undefined) return 'none'
  return 'known' in value ? 'known' : 'sql'
}

function knownIn(value: BodyValue | undefined): unknown {
  return value !== undefined && 'known' in value ? value.known : undefined
}

function knownValues(body: Body): Readonly<Record<string, unknown>> {
  const entries = Object.entries(body)
  return Object.fromEntries(entries.map(([key, value]) => [key, knownIn(value)]))
}

function plain({ context, field, value, position }: Submitted): ResolvedOperand | FilterError {
  if (value === undefined) return nothing
  if ('sql' in value) return unknownValue(expression(context, value.sql))
  // The value of a JSON field is its JSON text, including `null` and `"text"`.
  if (field.jsonAccess === 'document') {
    return boundText(value.known.map((known) => JSON.stringify(known) ?? 'null'))
  }
  const data = value.known.map((known) => ({ [field.name]: known }))
  return resolveStatic(data, [field.name], context.base, position)
}

function nested(
  { context, field, value, position }: Submitted,
  rest: readonly string[],
): ResolvedOperand | FilterError {
  if (value === undefined || 'known' in value) {
    const data = value?.known.map((known) => ({ [field.name]: known })) ?? fixed({})
    return resolveStatic(data, [field.name, ...rest], context.base, position)
  }

  const split = splitModifier(rest.at(-1) ?? '')
  if (typeof split === 'string') return new FilterError(split, position)
  const path = jsonPath([...rest.slice(0, -1), split.name])
  if (path === undefined) return new FilterError('Invalid path into JSON.', position)

  const found = extract(expression(context, value.sql), path)
  if (split.modifier === 'isset') {
    return unknownValue(term(sql`(${found.sql} IS NOT NULL)`, 1, found))
  }
  return split.modifier === 'lower' ? lowered(unknownValue(found)) : unknownValue(found)
}

function throughRelation(
  { context, field, value, position }: Submitted,
  rest: readonly string[],
): ResolvedOperand | FilterError {
  const collection = context.catalog.find(field.relatedCollectionId ?? '')
  if (collection === undefined) {
    return new FilterError(`The collection of ${JSON.stringify(field.name)} is missing.`, position)
  }
  const ids = submittedIds(context, value)
  if (ids === undefined) return nothing

  const { catalog } = context
  const hops = [listedRecords(`@body ${field.name}`, collection, ids, field.isMultiple)]
  const route = follow(
    { catalog, collection, hops, isVirtual: false, allowsHidden: true },
    rest,
    position,
  )
  if (route instanceof Missing) return nothing
  return route instanceof FilterError ? route : operandAt(context, route, position)
}

/** The JSON array of submitted ids; undefined if there are known to be none. */
function submittedIds(
  context: ResolveContext,
  value: SubmittedValue | undefined,
): Value<string> | SQL | undefined {
  if (value === undefined) return undefined
  if ('sql' in value) return arrayOf(expression(context, value.sql)).sql
  const ids = value.known.map(idsIn)
  return ids.ask((known) => known.length === 0)
    ? undefined
    : ids.map((known) => JSON.stringify(known))
}

/** True if the submitted value differs from the record's, by the rules of `!=`. */
function changed(submitted: Submitted): ResolvedOperand | FilterError {
  const { context, field, value, position } = submitted
  if (value === undefined) return { ...truth(false), certainty: 'unknown', isExact: true }

  const left = plain(submitted)
  if (left instanceof FilterError) return left
  const isDocument = field.jsonAccess === 'document'
  const stored: Term = {
    sql: column(context.root.alias, field.name),
    depth: 2,
    nodes: [context.root],
  }
  const right = unknownValue(isDocument ? extract(stored, '') : stored, isDocument)
  const differs = compareSides({ left, sign: '!=', right, position })
  if (differs instanceof FilterError) return differs
  return {
    ...unknownValue(term(sql`(${differs.sql})`, 0, differs), true),
    hasKnownPart: left.certainty === 'filled',
  }
}

function length({ context, field, value, position }: Submitted): ResolvedOperand | FilterError {
  if (!field.isMultiValuer) return notMultiValuer(field, position)
  if (value === undefined) return count(fixed(0))
  if ('known' in value) return count(value.known.map((known) => items(known).length))
  return field.isMultiple ? unknownValue(lengthOf(expression(context, value.sql))) : count(fixed(1))
}

function each({ context, field, value, position }: Submitted): ResolvedOperand | FilterError {
  if (!field.isMultiValuer) return notMultiValuer(field, position)

  const list =
    value === undefined || 'known' in value
      ? (value?.known ?? fixed([])).map((known) => JSON.stringify(items(known)))
      : arrayOf(expression(context, value.sql)).sql
  const hop = listedValues(`@body values ${field.name}`, field.name, list, field.isMultiple)
  const route: Route = {
    hops: [hop],
    isExact: false,
    isEmail: false,
    reads: undefined,
    value: (alias) => ({ sql: column(alias, 'value'), depth: 2 }),
  }
  const operand = operandAt(context, route, position)
  // PocketBase treats submitted values as filled, so no NULL equals the empty string.
  return operand instanceof FilterError ? operand : { ...operand, certainty: 'filled' }
}

function lower({ context, field, value }: Submitted): ResolvedOperand {
  if (value === undefined || field.isMultiple) return boundText('')
  if ('known' in value) return lowered(boundText(value.known.map((known) => textOf(field, known))))
  const stored = expression(context, value.sql)
  return lowered(unknownValue(term(sql`COALESCE(CAST(${stored.sql} AS TEXT), '')`, 2, stored)))
}

/** Converts a known value to a string. */
function textOf(field: FilterField, value: unknown): string {
  return field.jsonAccess === 'none' ? plainText(value) : JSON.stringify(value)
}

function idsIn(value: unknown): readonly unknown[] {
  return items(value).filter((id) => typeof id === 'string' && id !== '')
}

function items(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}

function expression({ surroundings }: ResolveContext, value: SQL): Term {
  return { sql: sql`(${value})`, depth: expressionDepth, nodes: [surroundings] }
}

function notMultiValuer(field: FilterField, position: number): FilterError {
  return new FilterError(`The field ${JSON.stringify(field.name)} holds no list.`, position)
}
