/*
 * The filter, rule and sort language, from text to SQL.
 *
 * A text is split into tokens (tokenize.ts) and parsed (parse.ts) into a tree (ast.ts) that is kept
 * and used for many queries. For one query, each name in the tree is resolved to an operand: what it
 * reads, what is known of it before any row is read (operand.ts), and, for paths through relations,
 * the steps that lead there (path.ts). Steps are joined to the main query once and shared by all paths
 * that begin with them (joins.ts); where every related value must fit, they are taken once more in a
 * subquery (compare.ts).
 *
 * Nothing throws: what cannot be compiled is a fault with its place in the text. Names reach SQL as
 * identifiers only after they were found in the schema; every other word of a text is bound.
 */
import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { FilterNode } from './ast.ts'
import { FilterFault } from './fault.ts'
import type { Place } from './joins.ts'
import { Joins, newPlace } from './joins.ts'
import type { ResolvedOperand } from './operand.ts'
import { unknownValue } from './operand.ts'
import { parseFilter } from './parse.ts'
import { resolveName } from './resolve.ts'
import type { FilterCatalog, FilterCollection, RequestInfo } from './schema.ts'
import type { Access, Scope } from './scope.ts'
import { compileSort } from './sort.ts'
import { sizeFault } from './size-limit.ts'
import type { Term } from './term.ts'
import { column, joinTerms, term } from './term.ts'
import { compileFilter } from './to-sql.ts'

/** The rows a query tests. */
export interface FilterBase {
  readonly collection: FilterCollection
  /** The name under which their columns are visible in the query, usually the collection's. */
  readonly alias: string
  /** True for a record that is not stored yet: nothing refers to it. */
  readonly isVirtual?: boolean
}

/** What a query is compiled for. */
export interface FilterQueryOptions {
  readonly catalog: FilterCatalog
  readonly request: RequestInfo
  readonly base: FilterBase
  /** Keeps the aliases of several queries in one statement apart. */
  readonly aliasPrefix?: string
  /** The moment that `@now` and the other macros tell of. */
  readonly now?: Date
}

/** A condition, or why there is none. */
export type WhereResult =
  | { readonly ok: true; readonly sql: SQL }
  | { readonly ok: false; readonly fault: FilterFault }

/** The terms of an ORDER BY, or why there are none. */
export type OrderResult =
  | { readonly ok: true; readonly terms: readonly SQL[] }
  | { readonly ok: false; readonly fault: FilterFault }

/** The conditions and the order of one SELECT, which share their joins. */
export interface FilterQuery {
  /**
   * The condition of a filter. With client access `guards` may grow, hidden fields are refused, and
   * of emails only public ones are compared.
   */
  where(filter: FilterNode, access: Access): WhereResult
  /** The terms of a sort; none for an empty one. */
  orderBy(sort: string, access: Access): OrderResult
  /** What follows the FROM for all conditions and terms so far; undefined when nothing was joined. */
  joins(): SQL | undefined
  /** Whether a row may come more than once, so that the caller selects DISTINCT ones. */
  readonly hasJoins: boolean
  /** What must hold besides the conditions, because of records that clients' paths pass. */
  guards(): readonly SQL[]
}

/**
 * Starts the conditions of one SELECT. Nothing is asked of a database.
 *
 * The order of the calls matters not, but `joins` and `guards` are complete only after all of them.
 */
export function createFilterQuery(options: FilterQueryOptions): FilterQuery {
  const { catalog, request, base, aliasPrefix = '', now = new Date() } = options
  const joins = new Joins(aliasPrefix)
  const root = newPlace(base.alias)
  const guards: Term[] = []
  const parts: Term[] = []
  // Clients filter lists, which no statement encloses.
  let isNested = true
  let questions = 0

  return {
    where(filter, access) {
      const condition = compile(filter, scopeOf(access))
      if (condition instanceof FilterFault) return { ok: false, fault: condition }
      const fault = add(condition)
      return fault === undefined ? { ok: true, sql: condition.sql } : { ok: false, fault }
    },
    orderBy(sort, access) {
      const scope = scopeOf(access)
      const terms = compileSort(sort, (name, position) => sortColumn(scope, name, position))
      if (terms instanceof FilterFault) return { ok: false, fault: terms }
      const fault = add(...terms)
      return fault === undefined
        ? { ok: true, terms: terms.map((each) => each.sql) }
        : { ok: false, fault }
    },
    joins: () => (joins.size === 0 ? undefined : sql.join([...joins.clauses], sql` `)),
    get hasJoins() {
      return joins.size > 0
    },
    guards: () => allGuards().map((each) => each.sql),
  }

  function scopeOf(access: Access): Scope {
    if (access === 'client') isNested = false
    const { collection, isVirtual = false } = base
    return {
      catalog,
      request,
      access,
      base: collection,
      root,
      isVirtual,
      joins,
      now,
      guard,
      isListable,
    }
  }

  function guard(
    place: Place,
    collection: FilterCollection,
    position: number,
  ): FilterFault | undefined {
    if (place.isGuarded || collection.listRule === '') return undefined
    const name = JSON.stringify(collection.name)
    if (collection.listRule === null) {
      return new FilterFault(`The collection ${name} is for superusers only.`, position)
    }

    place.isGuarded = true
    const rule = parseFilter(collection.listRule)
    // The rule's own joins are not those of the client's paths, so it starts at a new place.
    const compiled = rule.ok
      ? compile(rule.filter, ruleScope(collection, newPlace(place.alias)))
      : rule.fault
    if (compiled instanceof FilterFault) {
      return new FilterFault(`The list rule of ${name} is broken: ${compiled.message}`, position)
    }
    const id = column(place.alias, 'id')
    guards.push(term(sql`(${id} = '' OR ${id} IS NULL OR ${compiled.sql})`, 2, compiled))
    return undefined
  }

  function isListable(
    collection: FilterCollection,
    alias: string,
    position: number,
  ): Term | FilterFault | undefined {
    if (collection.listRule === '') return undefined
    const rule = parseFilter(collection.listRule ?? '')
    if (!rule.ok) return new FilterFault(rule.fault.message, position)

    questions += 1
    const own = new Joins(`${aliasPrefix}listed${questions}_`)
    const listed = own.newAlias(collection.name)
    const scope = { ...ruleScope(collection, newPlace(listed)), joins: own }
    const holds = compile(rule.filter, scope)
    if (holds instanceof FilterFault) return holds
    const id = column(alias, 'id')
    const isSame = term(sql`${column(listed, 'id')} = ${id}`, 3)
    const isListed = exists(collection, listed, own, joinTerms('and', isSame, holds))
    return joinTerms('or', term(sql`${id} IS NULL`, 3), isListed)
  }

  function ruleScope(collection: FilterCollection, place: Place): Scope {
    return { ...scopeOf('rule'), base: collection, root: place, isVirtual: false }
  }

  /** Counts what is about to be given out, and refuses it when D1 would. */
  function add(...terms: readonly Term[]): FilterFault | undefined {
    parts.push(...terms)
    return sizeFault({ parts: [...parts, ...allGuards()], joins: joins.clauses, isNested })
  }

  /** The guards as one balanced condition, if there are any. */
  function allGuards(): readonly Term[] {
    const [first, ...others] = guards
    return first === undefined ? [] : [joinTerms('and', first, ...others)]
  }
}

function compile(filter: FilterNode, scope: Scope): Term | FilterFault {
  const { root, joins, now } = scope
  return compileFilter(filter, {
    rows: { alias: root.alias, joins },
    now,
    resolve: (name, position) => resolveName(scope, name, position),
  })
}

/** That a collection has a record, under an alias, for which a condition holds. */
function exists(collection: FilterCollection, alias: string, joins: Joins, condition: Term): Term {
  const from = sql`${sql.identifier(collection.name)} AS ${sql.identifier(alias)}`
  return {
    sql: sql`EXISTS (SELECT 1 FROM ${from} ${sql.join([...joins.clauses], sql` `)} WHERE ${condition.sql})`,
    depth: condition.depth + 2,
    innerDepth: condition.depth + joins.size + (condition.innerDepth ?? 0),
  }
}

function sortColumn(scope: Scope, name: string, position: number): ResolvedOperand | FilterFault {
  if (name === '@rowid') {
    const hasRowId = scope.base.type !== 'view' && !scope.isVirtual
    if (!hasRowId) return new FilterFault('There is no @rowid here.', position)
    return unknownValue({ sql: column(scope.root.alias, '_rowid_'), depth: 2 })
  }
  // What a filter would tell from a name by its tokens.
  if (!/^@?\w[\w.:]*$/.test(name)) return new FilterFault('Invalid sort field.', position)
  const operand = resolveName(scope, name, position)
  const isPrivate = !(operand instanceof FilterFault) && operand.emailOf !== undefined
  return isPrivate ? publicEmail(operand) : operand
}

/** An email to order by: one that is not public would be told by its place among others. */
function publicEmail({ emailOf = '', ...email }: ResolvedOperand): ResolvedOperand {
  const isPublic = term(sql`${column(emailOf, 'emailVisibility')} = 1`, 3)
  const value = term(sql`CASE WHEN ${isPublic.sql} THEN ${email.sql} END`, 1, isPublic, email)
  return unknownValue(value)
}
