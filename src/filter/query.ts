/*
 * The filter, rule and sort language, from a string to SQL.
 *
 * A filter is split into tokens (tokenize.ts) and parsed (parse.ts) into a tree (ast.ts) that is
 * cached for many queries. For each query, every name in the tree is resolved to an operand: what
 * it reads, what is known before any row is read (operand.ts), and, for paths through relations,
 * the hops that lead there (path.ts). Paths that begin with the same hops share nodes (joins.ts).
 * If every related value must match, the hops are repeated (compare.ts). The results are formulas
 * (formula.ts), which finally become SQL that finds their rows (quantify.ts).
 *
 * Nothing throws: an expression that cannot be compiled becomes an error with its position. Names
 * reach SQL as identifiers only after they were found in the schema; everything else is bound.
 */
import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import { budget } from '#kernel/budget.ts'
import type { FilterNode } from '#filter/syntax/ast.ts'
import { compileFilter } from './compile-filter.ts'
import type { OpenLiterals } from './filter-shape.ts'
import { FilterError } from '#filter/syntax/filter-error.ts'
import type { Formula } from '#filter/sql/formula.ts'
import { connect, placesOf, plainTerm, test } from '#filter/sql/formula.ts'
import type { JoinNode } from '#filter/sql/joins.ts'
import { JoinNodes, rootPlace, sameRows } from '#filter/sql/joins.ts'
import type { ResolvedOperand } from '#filter/sql/operand.ts'
import { unknownValue } from '#filter/sql/operand.ts'
import { parseFilter } from '#filter/syntax/parse.ts'
import type { QueryRows } from '#filter/sql/quantify.ts'
import { Quantifier } from '#filter/sql/quantify.ts'
import { resolveName } from '#filter/resolve/resolve.ts'
import { valuesOf } from './request-values.ts'
import type { FilterCatalog, FilterCollection, RequestInfo } from './schema.ts'
import type { Access, ResolveContext } from '#filter/resolve/resolve-context.ts'
import { sizeFault } from '#filter/sql/size-limit.ts'
import type { SortTerm } from './sort.ts'
import { compileSort, orderTerm } from './sort.ts'
import type { Term } from '#filter/sql/term.ts'
import { column, joinTerms, term } from '#filter/sql/term.ts'

/** The rows that a query tests. */
export interface FilterBase {
  readonly collection: FilterCollection
  /** The alias of their columns in the query, usually the collection's name. */
  readonly alias: string
  /** The FROM, if it is not the table of the collection. */
  readonly source?: SQL
  /** A condition on the rows besides the filters. */
  readonly where?: SQL
  /** True for a record that is not stored yet, which nothing can refer to. */
  readonly isVirtual?: boolean
}

/** Options of a query. */
export interface FilterQueryOptions {
  readonly catalog: FilterCatalog
  readonly request: RequestInfo
  readonly base: FilterBase
  /** Keeps the aliases of several queries in one statement apart. */
  readonly aliasPrefix?: string
  /** The time that `@now` and the other macros refer to, unless the request has its own. */
  readonly now?: Date
  /**
   * The outcome if a client's filter tests too many combinations of related records: the statement
   * fails (`isExcess`), or no row is found. The default is to fail.
   */
  readonly onExcess?: 'fail' | 'find nothing'
  /** Limits the combinations of related records that rules test too, as for a client's filter. */
  readonly boundsRules?: boolean
  /** The context of the SELECT: by itself, or in an expression of another statement, like rules. */
  readonly node?: 'statement' | 'expression'
}

/** Success, or the error. */
export type Taken = { readonly ok: true } | { readonly ok: false; readonly fault: FilterError }

/** The conditions and the order of one SELECT, which share their joins. */
export interface FilterQuery {
  /**
   * Adds the condition of a filter. With client access, related records that the caller cannot list
   * drop the row, hidden fields are rejected, and only public emails are compared.
   *
   * @param literals the literals that are not compiled in
   */
  where(filter: FilterNode, access: Access, literals?: OpenLiterals): Taken
  /** Adds a sort. An empty one changes nothing. */
  orderBy(sort: string, access: Access): Taken
  /** Compiles everything that was added. */
  compile(): CompiledResult
}

/** The parts of a SELECT. */
export interface CompiledQuery {
  readonly ok: true
  /** The part before the SELECT. */
  readonly with: SQL
  /** The part after the FROM. */
  readonly joins: SQL
  /** Undefined if there is no condition. */
  readonly where: SQL | undefined
  /** The terms of the ORDER BY. */
  readonly order: readonly SQL[]
  /** True if a row may occur more than once, so that the caller must select DISTINCT. */
  readonly hasJoins: boolean
  /** True if `where` is a condition on the row that needs neither tables nor joins. */
  readonly standsAlone: boolean
}

/** The parts of a SELECT, or the error. */
export type CompiledResult = CompiledQuery | { readonly ok: false; readonly fault: FilterError }

/** Starts the conditions of one SELECT. Does not query the database. */
export function createFilterQuery(options: FilterQueryOptions): FilterQuery {
  const { catalog, request, base, aliasPrefix = '', boundsRules = false } = options
  const values = valuesOf(request, options.now)
  const nodes = new JoinNodes(aliasPrefix)
  const root = rootPlace(base.alias)
  const surroundings = rootPlace('')
  const formulas: Formula[] = []
  const order: SortTerm[] = []

  return {
    where(filter, access, literals) {
      const formula = compile(filter, scopeOf(access), boundsRules, literals)
      if (formula instanceof FilterError) return { ok: false, fault: formula }
      formulas.push(formula)
      return { ok: true }
    },
    orderBy(sort, access) {
      const context = scopeOf(access)
      const terms = compileSort(sort, (name, position) => sortColumn(context, name, position))
      if (terms instanceof FilterError) return { ok: false, fault: terms }
      order.push(...terms)
      return { ok: true }
    },
    compile: () => {
      const compiled = assemble('deep')
      return compiled.ok ? compiled : assemble('flat')
    },
  }

  function assemble(nesting: 'deep' | 'flat'): CompiledResult {
    const parts = formulas.flatMap((each) => (each.kind === 'and' ? each.parts : [each]))
    const sorted = order.flatMap(({ operand }) => operand.nodes ?? [])
    const read = [...parts.flatMap((each) => [...placesOf(each)]), ...sorted]
    const quantifier = new Quantifier(nodes, root, rowsFor(parts), read, nesting)
    const where = conditionOf(parts, quantifier)
    const terms = order.map((each) => sortTerm(each, quantifier, parts))
    const fault = sizeFault({
      parts: where === undefined ? terms : [where, ...terms],
      joins: [...quantifier.directJoins, ...quantifier.directLists],
      listDepth: quantifier.listDepth,
      tables: quantifier.tables,
      allJoins: quantifier.joinCount,
      isNested: options.node !== 'statement',
    })
    return fault === undefined ? compiledQuery(quantifier, where, terms) : { ok: false, fault }
  }

  /** Joins all formulas to one term; undefined if there are none. */
  function conditionOf(parts: readonly Formula[], quantifier: Quantifier): Term | undefined {
    const [first, ...others] = parts
    if (first === undefined) return undefined
    const holds = quantifier.condition(connect('and', first, ...others))
    const isBounded = quantifier.combinesAtMost(budget.filterCombinations)
    if (isBounded === undefined) return holds
    const isEnough = options.onExcess === 'find nothing' ? isBounded : orFail(isBounded)
    return joinTerms('and', isEnough, holds)
  }

  /** Narrows the rows by the conditions that need nothing else. */
  function rowsFor(parts: readonly Formula[]): QueryRows {
    const own = parts.filter((part) => isAboutRow(part, root)).map(plainTerm)
    const where = base.where === undefined ? own : [{ sql: base.where, depth: 1 }, ...own]
    const [first, ...others] = where
    return {
      from: sql`${base.source ?? sql.identifier(base.collection.name)} AS ${sql.identifier(base.alias)}`,
      where: first && joinTerms('and', first, ...others).sql,
    }
  }

  function scopeOf(access: Access): ResolveContext {
    const { collection, isVirtual = false } = base
    return {
      catalog,
      request,
      access,
      base: collection,
      root,
      surroundings,
      nodes,
      isVirtual,
      values,
      guard,
      isListable,
    }
  }

  function guard(
    node: JoinNode,
    collection: FilterCollection,
    position: number,
  ): FilterError | undefined {
    if (node.isGuarded || collection.listRule === '') return undefined
    const name = JSON.stringify(collection.name)
    if (collection.listRule === null) {
      return new FilterError(`The collection ${name} is for superusers only.`, position)
    }

    node.isGuarded = true
    const holds = listRule(collection, node)
    if (holds instanceof FilterError) {
      return new FilterError(`The list rule of ${name} is broken: ${holds.message}`, position)
    }
    const id = column(node.alias, 'id')
    const isNone = { sql: sql`(${id} = '' OR ${id} IS NULL)`, depth: 4, nodes: [node] }
    formulas.push(connect('or', test(isNone, false), holds))
    return undefined
  }

  function isListable(
    collection: FilterCollection,
    node: JoinNode,
    position: number,
  ): Formula | FilterError | undefined {
    if (collection.listRule === '') return undefined
    const holds = listRule(collection, node)
    if (holds instanceof FilterError) return new FilterError(holds.message, position)
    const isNone = sql`${column(node.alias, 'id')} IS NULL`
    return connect('or', test({ sql: isNone, depth: 3, nodes: [node] }, false), holds)
  }

  /** The list rule of the records at a node. Its hops are separate from the client's paths. */
  function listRule(collection: FilterCollection, node: JoinNode): Formula | FilterError {
    const rule = parseFilter(collection.listRule ?? '')
    if (!rule.ok) return rule.fault
    const context = { ...scopeOf('rule'), base: collection, root: sameRows(node), isVirtual: false }
    return compile(rule.filter, context, boundsRules)
  }
}

/** A path that no JSON has. SQLite includes it in the error. */
const excess = 'arete:too-many-combinations'

/** Fails the statement unless the condition holds. */
function orFail(condition: Term): Term {
  const fails = sql`CASE WHEN ${condition.sql} THEN 1 ELSE json_extract('{}', ${excess}) END`
  return term(fails, 2, condition)
}

/** True if a statement failed because a client's filter tests too many combinations of records. */
export function isExcess(error: unknown): boolean {
  return error instanceof Error && error.message.includes(excess)
}

/** True if a formula depends on nothing but the row itself. */
function isAboutRow(formula: Formula, root: JoinNode): boolean {
  if (formula.kind === 'none') return false
  if (formula.kind === 'test') return formula.term.nodes?.every((node) => node === root) ?? true
  return formula.parts.every((part) => isAboutRow(part, root))
}

function sortTerm(
  { operand, isDescending }: SortTerm,
  quantifier: Quantifier,
  formulas: readonly Formula[],
): Term {
  const [node] = operand.nodes ?? []
  const value = node === undefined ? operand : quantifier.firstValue(operand, node, formulas)
  return orderTerm(value, isDescending)
}

function compiledQuery(
  { tables, directJoins, directLists }: Quantifier,
  where: Term | undefined,
  order: readonly Term[],
): CompiledQuery {
  return {
    ok: true,
    with: tables.length === 0 ? sql`` : sql`WITH ${sql.join([...tables], sql`, `)} `,
    joins: sql.join([...directJoins, ...directLists], sql` `),
    where: where?.sql,
    order: order.map((each) => each.sql),
    hasJoins: directJoins.length > 0,
    standsAlone: tables.length + directJoins.length === 0,
  }
}

function compile(
  filter: FilterNode,
  context: ResolveContext,
  boundsRules: boolean,
  literals?: OpenLiterals,
): Formula | FilterError {
  const { root, nodes, values, access } = context
  return compileFilter(filter, {
    rows: { root, nodes, isClient: boundsRules || access === 'client' },
    now: values.now,
    resolve: (name, position) => resolveName(context, name, position),
    literals,
  })
}

function sortColumn(
  context: ResolveContext,
  name: string,
  position: number,
): ResolvedOperand | FilterError {
  if (name === '@rowid') {
    const hasRowId = context.base.type !== 'view' && !context.isVirtual
    if (!hasRowId) return new FilterError('There is no @rowid here.', position)
    return unknownValue({
      sql: column(context.root.alias, '_rowid_'),
      depth: 2,
      nodes: [context.root],
    })
  }
  // Characters at which a filter would split a name into tokens.
  if (!/^@?\w[\w.:]*$/.test(name)) return new FilterError('Invalid sort field.', position)
  const operand = resolveName(context, name, position)
  const isPrivate = !(operand instanceof FilterError) && operand.emailOf !== undefined
  return isPrivate ? publicEmail(operand) : operand
}

/** An email to sort by. The position of a private email among the others would reveal it. */
function publicEmail({ emailOf, ...email }: ResolvedOperand): ResolvedOperand {
  const isPublic = term(sql`${column(emailOf?.alias ?? '', 'emailVisibility')} = 1`, 3)
  const value = term(sql`CASE WHEN ${isPublic.sql} THEN ${email.sql} END`, 1, isPublic, email)
  return unknownValue(value)
}
