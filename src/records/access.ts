/*
 * Decides which rows a viewer has access to. All code that reads or writes records uses it: the
 * rule, the client's filter and sort, and the condition of the request become the parts of one
 * SELECT, or the reason for denying access.
 */
import type { SQL } from 'drizzle-orm'
import type { Collection, CollectionSet } from '#catalog/collection.ts'
import type { Rule } from '#catalog/compile/rules.ts'
import type { RequestInfo } from '#filter/schema.ts'
import type { FilterError } from '#filter/syntax/filter-error.ts'
import { type FilterShape, filterShape, type OpenLiterals } from '#filter/filter-shape.ts'
import { parseFilter } from '#filter/syntax/parse.ts'
import { createFilterQuery, type FilterBase, type FilterQueryOptions } from '#filter/query.ts'
import { ApiError, commonErrors, type ErrorSpec } from '#kernel/errors.ts'
import { byteLength } from '#kernel/text.ts'
import { recordErrors } from './errors.ts'
import { allOf } from '#database/long-expressions.ts'

/** The filter and sort of a client. An empty string means none. */
export interface ClientConditions {
  readonly filter: string
  readonly sort: string
  /** `rule` lets them use everything, as superusers may. */
  readonly access: 'rule' | 'client'
  /** The literals of the filter that are not compiled in; by default none. */
  readonly literals?: OpenLiterals | undefined
}

/** The rows, and the conditions for access. */
export interface AccessRequest extends Pick<
  FilterQueryOptions,
  'aliasPrefix' | 'now' | 'onExcess' | 'boundsRules' | 'node'
> {
  readonly rule: Rule
  readonly base: FilterBase
  readonly client?: ClientConditions
  /** Conditions of the application, for every viewer. */
  readonly required?: readonly string[] | undefined
  /** True to apply the rule to superusers too. */
  readonly bindsSuperusers?: boolean
}

/** Access, as the parts of a SELECT. */
export interface GrantedAccess {
  readonly isGranted: true
  /** The part before the SELECT. */
  readonly with: SQL
  /** The part after the FROM. */
  readonly joins: SQL
  /** Includes the condition of the request. */
  readonly where: SQL
  /** The terms of the ORDER BY. */
  readonly order: readonly SQL[]
  /** True if a row may occur more than once without DISTINCT. */
  readonly isDistinct: boolean
  /** True if `where` is a condition on the row that needs neither tables nor joins. */
  readonly standsAlone: boolean
}

/** No access. */
export interface DeniedAccess {
  readonly isGranted: false
  /** The rule is for superusers only, it cannot be evaluated, or the client's conditions cannot. */
  readonly reason: 'locked' | 'broken' | 'rejected'
  /** The error of a list. */
  readonly error: ErrorSpec
}

/** The maximum length of a client's filter, in bytes. */
export const maxFilterBytes = 3500

/** Decides which rows a viewer has access to. Does not query the database. */
export function accessTo(
  catalog: CollectionSet,
  viewer: RequestInfo,
  { rule, base, client, required = [], bindsSuperusers = false, ...options }: AccessRequest,
): GrantedAccess | DeniedAccess {
  const isAsked = rule.kind !== 'open' && (bindsSuperusers || !viewer.isSuperuser)
  if (isAsked && rule.kind === 'locked') return denied('locked', commonErrors.superusersOnly)
  const reserved = client && reservedWords(viewer, client)
  if (reserved !== undefined) return denied('rejected', reserved)
  if (isAsked && rule.kind === 'broken') return denied('broken', commonErrors.badRequest)

  const query = createFilterQuery({ catalog, request: viewer, base, ...options })
  if (isAsked && rule.kind === 'filter') {
    const taken = query.where(rule.filter, 'rule')
    if (!taken.ok) return denied('broken', errorOf(taken.fault))
  }
  for (const condition of required) {
    const parsed = parseFilter(condition)
    const taken = parsed.ok ? query.where(parsed.filter, 'rule') : parsed
    if (!taken.ok) return denied('broken', errorOf(taken.fault))
  }
  if (client !== undefined && client.filter !== '') {
    if (byteLength(client.filter) > maxFilterBytes) {
      return denied('rejected', commonErrors.badRequest)
    }
    const parsed = parseFilter(client.filter)
    const taken = parsed.ok ? query.where(parsed.filter, client.access, client.literals) : parsed
    if (!taken.ok) return denied('rejected', errorOf(taken.fault))
  }
  const sorted = query.orderBy(client?.sort ?? '', client?.access ?? 'client')
  if (!sorted.ok) return denied('rejected', errorOf(sorted.fault))
  const compiled = query.compile()
  if (!compiled.ok) {
    return denied(client === undefined ? 'broken' : 'rejected', errorOf(compiled.fault))
  }
  const conditions = [base.where, compiled.where].filter((part) => part !== undefined)
  const { hasJoins, standsAlone, joins, order } = compiled
  return {
    isGranted: true,
    with: compiled.with,
    joins,
    where: allOf(conditions),
    order,
    isDistinct: hasJoins,
    standsAlone,
  }
}

function denied(reason: DeniedAccess['reason'], error: ErrorSpec): DeniedAccess {
  return { isGranted: false, reason, error }
}

/** Clients do not learn the error in an expression, except that it is too large. */
function errorOf(fault: FilterError): ErrorSpec {
  return fault.isLimit ? recordErrors.filterTooComplex : commonErrors.badRequest
}

/**
 * Clients may not use reserved words for the request and other collections, not even in a literal.
 */
function reservedWords(
  { isSuperuser }: RequestInfo,
  { filter, sort }: ClientConditions,
): ErrorSpec | undefined {
  if (isSuperuser) return undefined
  const text = [filter, sort].find(hasReservedWords)
  if (text === undefined) return undefined
  return text.includes('@collection.')
    ? recordErrors.filterByCollection
    : recordErrors.filterByRequest
}

/**
 * The shape of a client's filter; undefined for one without a literal, and for one whose text `accessTo` may
 * refuse whatever its shape.
 */
export function clientFilterShape(filter: string): FilterShape | undefined {
  if (byteLength(filter) > maxFilterBytes || hasReservedWords(filter)) return undefined
  const shape = filterShape(filter)
  return shape?.literals.length === 0 ? undefined : shape
}

/** True if a filter contains words that only rules and superusers may use. */
export function hasReservedWords(text: string): boolean {
  return text.includes('@collection.') || text.includes('@request.')
}

/**
 * Rejects a request if the rule of its action is locked.
 *
 * @throws {ApiError} `superusersOnly`
 */
export function assertUnlocked(
  { name, rules }: Collection,
  action: 'create' | 'update' | 'delete',
  { isSuperuser }: RequestInfo,
): void {
  if (rules[action].kind === 'locked' && !isSuperuser) {
    throw new ApiError(commonErrors.superusersOnly, { rule: `${name}.${action}Rule` })
  }
}
