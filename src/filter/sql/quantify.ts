/*
 * Turns formulas into SQL and finds the rows they refer to.
 *
 * A formula holds for a row of the query if some rows at its nodes satisfy it. Joining all nodes
 * would test each combination of related records. Instead, each part of a formula becomes an EXISTS
 * over just the nodes it reads. Related records that satisfy their part are listed once, in a
 * common table expression, however many rows refer to them. The cost therefore depends on the
 * number of references, not on the number of paths through them. Only records that are reachable
 * from the rows of the query are listed, step by step.
 *
 * If a related record is compared with the row it was reached from, nothing can be listed in
 * advance.
 */
import { sql } from 'drizzle-orm'
import type { SQL } from 'drizzle-orm'
import type { Formula } from './formula.ts'
import { connect, connectTerms, hasClientPart, isAllWithin, placesOf } from './formula.ts'
import type { JoinNode, JoinNodes } from './joins.ts'
import { isWithin, placeBefore, stepsTo } from './joins.ts'
import type { FilterCollection } from '#filter/schema.ts'
import type { Term } from './term.ts'
import { column, joinTerms, term } from './term.ts'

/** The rows of a query: the part after FROM, and a condition on them. */
export interface QueryRows {
  readonly from: SQL
  readonly where: SQL | undefined
}

/** The rows that one SELECT tests: the nodes joined so far, and their joins. */
interface Joined {
  /** The node all hops start from. */
  readonly root: JoinNode
  readonly nodes: ReadonlySet<JoinNode>
  /** The FROM that `joins` start from. */
  readonly start: SQL
  readonly joins: readonly SQL[]
  /** The number of hops among them that may match several rows. */
  readonly multiples: number
  readonly lists: Lists
}

/** The lists that one SELECT looks records up in, and the depth of their conditions. */
interface Lists {
  readonly joins: SQL[]
  depth: number
}

/** A node of records. */
interface RecordPlace {
  readonly record: JoinNode
  readonly collection: FilterCollection
}

/** The next step for a formula; see `#nextOf`. */
interface Next {
  readonly all?: readonly Formula[]
  readonly any?: readonly Formula[]
  readonly node?: JoinNode | undefined
}

/** Maximum alternatives to spread an expression over, to avoid combining unrelated rows. */
const maxSpread = 64

/** The tables that the formulas of one query need, and the terms of the formulas. */
export class Quantifier {
  readonly #nodes: JoinNodes
  readonly #root: JoinNode
  readonly #rows: QueryRows
  readonly #nesting: 'deep' | 'flat'
  readonly #tables = new Map<string, { readonly name: string; readonly select: SQL }>()
  readonly #direct: Joined
  readonly #directJoins: SQL[] = []
  readonly #directLists: Lists = { joins: [], depth: 0 }
  readonly #combined: Joined[] = []
  #joinCount = 0

  /**
   * @param read the nodes of all formulas; targets of single relations are joined directly
   * @param nesting `deep` nests parts that share rows, which tests the fewest combinations;
   * `flat` puts them side by side, which takes fewer levels
   */
  constructor(
    nodes: JoinNodes,
    root: JoinNode,
    rows: QueryRows,
    read: Iterable<JoinNode>,
    nesting: 'deep' | 'flat',
  ) {
    this.#nodes = nodes
    this.#root = root
    this.#rows = rows
    this.#nesting = nesting
    const joined = new Set([root])
    for (const step of [...read].flatMap(stepsTo)) {
      const before = placeBefore(step)
      if (before === undefined || !joined.has(before) || step.hop?.isMultiple !== false) continue
      if (!joined.has(step)) this.#directJoins.push(...this.#joinsOf(step))
      joined.add(step)
    }
    this.#direct = {
      root,
      nodes: joined,
      start: rows.from,
      joins: this.#directJoins,
      multiples: 0,
      lists: this.#directLists,
    }
  }

  /** The joins of single relations. */
  get directJoins(): readonly SQL[] {
    return this.#directJoins
  }

  /** The joins of lists of records, which never multiply rows. */
  get directLists(): readonly SQL[] {
    return this.#directLists.joins
  }

  /** The depth of the conditions in these lists. */
  get listDepth(): number {
    return this.#directLists.depth
  }

  /** The common table expressions of all terms so far, in order of dependency. */
  get tables(): readonly SQL[] {
    return [...this.#tables.values()].map(
      ({ name, select }) => sql`${sql.identifier(name)} AS MATERIALIZED (${select})`,
    )
  }

  /**
   * Limits the combinations that a client's comparisons of rows with their origin may test;
   * undefined if there are none.
   */
  combinesAtMost(maximum: number): Term | undefined {
    const share = Math.floor(maximum / this.#combined.length)
    const [first, ...others] = this.#combined.map(({ root, start, joins }) => {
      const where = (root === this.#root ? this.#rows.where : undefined) ?? sql`1`
      const rows = sql`SELECT 1 FROM ${start} ${sql.join([...joins], sql` `)} WHERE ${where} LIMIT ${sql.raw(String(share + 1))}`
      const isLess = sql`(SELECT COUNT(*) FROM (${rows})) <= ${sql.raw(String(share))}`
      return { sql: isLess, depth: 3, innerDepth: 12 + joins.length }
    })
    return first && joinTerms('and', first, ...others)
  }

  /** The number of joins in all terms so far. */
  get joinCount(): number {
    return this.#joinCount
  }

  /** The term of a formula. */
  condition(formula: Formula): Term {
    return this.#some(formula, this.#direct)
  }

  /**
   * A value at a node. If there are several, the one of the first row that also satisfies the
   * formulas at that node.
   */
  firstValue(value: Term, node: JoinNode, formulas: readonly Formula[]): Term {
    const steps = stepsTo(node).filter((step) => !this.#direct.nodes.has(step))
    const [first] = steps
    if (first === undefined) return value

    const about = formulas.filter((formula) => this.#missing(formula, this.#direct).has(first))
    const [one, ...more] = about
    let joined: Joined = { ...this.#direct, lists: { joins: [], depth: 0 } }
    const conditions: Term[] = []
    for (const step of steps) {
      joined = this.#with(joined, step)
      // Conditions further on are tested at each step, so that the first path taken is the right
      // one.
      if (one !== undefined) conditions.push(this.#some(connect('and', one, ...more), joined))
    }
    const where = joinTerms('and', { sql: sql`1`, depth: 1 }, ...conditions)
    const joins = ownJoins(joined, this.#direct)
    return {
      sql: sql`(SELECT ${value.sql} FROM (SELECT 1) ${sql.join([...joins], sql` `)} WHERE ${where.sql} LIMIT 1)`,
      depth: Math.max(value.depth, where.depth) + 2,
      innerDepth: depthWithin(where, joins.length, joined.lists),
    }
  }

  /** Requires that rows exist at the unjoined nodes of a formula for which it holds. */
  #some(formula: Formula, joined: Joined): Term {
    const { node, all, any } = this.#nextOf(formula, joined)
    if (all !== undefined) return connectTerms('and', all, (part) => this.#some(part, joined))
    if (any !== undefined) return this.#someOr(any, joined)
    if (node === undefined) return this.#plain(formula, joined)
    const record = this.#listedAt(node, formula, joined)
    return record === undefined
      ? this.#exists(node, formula, joined)
      : this.#listed(record, { node, formula }, joined)
  }

  /** Decides how to continue: split the formula into parts, join a node, or neither. */
  #nextOf(formula: Formula, joined: Joined): Next {
    const missing = this.#missing(formula, joined)
    const [node] = missing
    if (formula.kind === 'or' && this.#comesApart(formula.parts, missing, joined)) {
      return { any: formula.parts }
    }
    if (formula.kind !== 'and' || node === undefined) return { node }
    const groups = this.#independent(formula.parts, joined)
    if (groups.length > 1) return { all: groups }
    const any = this.#spread(formula.parts, joined)
    return any === undefined ? { node } : { any }
  }

  /** Alternatives, with those at the same node combined. */
  #someOr(parts: readonly Formula[], joined: Joined): Term {
    const byPlace = Map.groupBy(parts, (part) => {
      const [first, ...others] = this.#missing(part, joined)
      const isAlone = others.length > 0 || this.#isDivided(part, joined)
      return isAlone ? part : (first ?? 'none')
    })
    const groups = [...byPlace.values()].map(([first, ...others]) =>
      connect('or', first as Formula, ...others),
    ) // No group is empty.
    const [only] = groups
    if (only !== undefined && groups.length === 1) return this.#some(only, joined)
    return connectTerms('or', groups, (part) => this.#some(part, joined))
  }

  /** Groups parts so that no two groups share an unjoined node. */
  #independent(parts: readonly Formula[], joined: Joined): Formula[] {
    let groups: { readonly nodes: readonly JoinNode[]; readonly parts: readonly Formula[] }[] = []
    for (const part of parts) {
      const missing = this.#missing(part, joined)
      const met = groups.filter(({ nodes }) => nodes.some((node) => missing.has(node)))
      groups = [
        ...groups.filter((group) => !met.includes(group)),
        {
          nodes: [...met.flatMap(({ nodes }) => nodes), ...missing],
          parts: [...met.flatMap((group) => group.parts), part],
        },
      ]
    }
    return groups.map((group) => connect('and', ...(group.parts as [Formula, ...Formula[]])))
  }

  /** True if alternatives are about several nodes, or need something besides a node. */
  #comesApart(parts: readonly Formula[], missing: ReadonlySet<JoinNode>, joined: Joined): boolean {
    if (missing.size === 0) return false
    return missing.size > 1 || parts.some((part) => this.#isDivided(part, joined))
  }

  #isDivided(part: Formula, joined: Joined): boolean {
    const isAsked = this.#nesting === 'deep' && part.kind === 'and'
    return isAsked && this.#independent(part.parts, joined).length > 1
  }

  /** Rewrites a conjunction as alternatives that are each about fewer nodes. */
  #spread(parts: readonly Formula[], joined: Joined): readonly Formula[] | undefined {
    const at = parts.findIndex(
      (part) =>
        part.kind === 'or' && this.#comesApart(part.parts, this.#missing(part, joined), joined),
    )
    const part = parts[at]
    const size = parts.reduce((sum, each) => sum * (each.kind === 'or' ? each.parts.length : 1), 1)
    if (part?.kind !== 'or' || size > maxSpread) return undefined
    const others = parts.toSpliced(at, 1)
    return part.parts.map((alternative) => connect('and', alternative, ...others))
  }

  /** The record whose formula can be evaluated in advance, for all reached records at once. */
  #listedAt(node: JoinNode, formula: Formula, { root }: Joined): RecordPlace | undefined {
    const before = placeBefore(node)
    const collection = before?.hop?.collection
    if (before === undefined || collection === undefined || before === root) return undefined
    const isFound = stepsTo(before).every(({ hop }) => hop?.foundBy !== 'surroundings')
    return isFound && isAllWithin(formula, before) ? { record: before, collection } : undefined
  }

  /**
   * Requires that a record, or the absence of one, is among those that satisfy a formula at a node.
   */
  #listed(
    { record, collection }: RecordPlace,
    { node, formula }: { readonly node: JoinNode; readonly formula: Formula },
    { lists }: Joined,
  ): Term {
    const table = sql`${sql.identifier(collection.name)} AS ${sql.identifier(record.alias)}`
    const { joined, holds } = this.#within(node, formula, {
      root: record,
      nodes: new Set([record]),
      start: sql`${this.#reached(record)} LEFT JOIN ${table} ON ${column(record.alias, 'id')} = "reached"."id"`,
      joins: [],
      multiples: 0,
      lists: { joins: [], depth: 0 },
    })
    const id = sql`COALESCE(${column(record.alias, 'id')}, '')`
    const joins = [...joined.joins, ...joined.lists.joins]
    const name = this.#table(
      this.#nodes.newAlias('fulfilling'),
      sql`SELECT DISTINCT ${id} AS "id" FROM ${joined.start} ${sql.join(joins, sql` `)} WHERE ${holds.sql}`,
    )
    const alias = this.#nodes.newAlias('listed')
    lists.joins.push(
      sql`LEFT JOIN ${sql.identifier(name)} AS ${sql.identifier(alias)} ON ${column(alias, 'id')} = ${id}`,
    )
    lists.depth = Math.max(lists.depth, depthWithin(holds, joins.length + 2, joined.lists))
    this.#joinCount += 1
    return { sql: sql`${column(alias, 'id')} IS NOT NULL`, depth: 3 }
  }

  #exists(node: JoinNode, formula: Formula, outer: Joined): Term {
    const lists = { joins: [], depth: 0 }
    const { joined, holds } = this.#within(node, formula, { ...outer, lists })
    const joins = ownJoins(joined, outer)
    return {
      // Without related rows there is still one row of NULLs to compare.
      sql: sql`EXISTS (SELECT 1 FROM (SELECT 1) ${sql.join([...joins], sql` `)} WHERE ${holds.sql})`,
      depth: holds.depth + 2,
      innerDepth: depthWithin(holds, joins.length, lists),
    }
  }

  /** Joins a node and the single relations from it, then evaluates the rest of a formula. */
  #within(
    node: JoinNode,
    formula: Formula,
    outer: Joined,
  ): { readonly joined: Joined; readonly holds: Term } {
    let joined = this.#withSingles(this.#with(outer, node), node, formula)
    let next = this.#nextToJoin(formula, joined)
    while (next !== undefined) {
      joined = this.#withSingles(this.#with(joined, next), next, formula)
      next = this.#nextToJoin(formula, joined)
    }
    const holds = this.#some(formula, joined)
    if (hasClientPart(formula)) this.#countCombinations(node, joined)
    return { joined, holds }
  }

  /** A node of a formula that is neither joined yet nor evaluated separately. */
  #nextToJoin(formula: Formula, joined: Joined): JoinNode | undefined {
    const { node, all = [] } = this.#nextOf(formula, joined)
    if (node !== undefined) {
      return this.#listedAt(node, formula, joined) === undefined ? node : undefined
    }
    if (this.#nesting === 'deep') return undefined
    return all.map((part) => this.#nextToJoin(part, joined)).find((found) => found !== undefined)
  }

  /** Joins the single relations from a node. */
  #withSingles(outer: Joined, node: JoinNode, formula: Formula): Joined {
    let joined = outer
    for (const step of [...placesOf(formula)].flatMap(stepsTo)) {
      const before = placeBefore(step)
      const goesOn = isWithin(step, node) && before !== undefined && joined.nodes.has(before)
      if (goesOn && !joined.nodes.has(step) && step.hop?.isMultiple === false) {
        joined = this.#with(joined, step)
      }
    }
    return joined
  }

  /** Records the joined rows, unless each belongs to one row only. */
  #countCombinations(node: JoinNode, joined: Joined): void {
    const { multiples, root, joins } = joined
    const isOwn = multiples === 0 || (multiples === 1 && placeBefore(node) === root)
    const isPart = this.#combined.some((other) => joins.every((join) => other.joins.includes(join)))
    if (!isOwn && !isPart) this.#combined.push(joined)
  }

  #plain(formula: Formula, joined: Joined): Term {
    switch (formula.kind) {
      case 'test':
        return formula.term
      case 'and':
      case 'or':
        return connectTerms(formula.kind, formula.parts, (part) => this.#plain(part, joined))
      case 'none': {
        const some = this.#some(formula.formula, joined)
        return term(sql`NOT ${some.sql}`, 1, some)
      }
    }
  }

  /** The first unjoined nodes on the way to the nodes of a formula. */
  #missing(formula: Formula, { nodes }: Joined): ReadonlySet<JoinNode> {
    const missing = [...placesOf(formula)].flatMap((node) => {
      const steps = stepsTo(node)
      const last = steps.findLastIndex((step) => nodes.has(step))
      return steps.slice(last + 1, last + 2)
    })
    return new Set(missing)
  }

  #with(joined: Joined, step: JoinNode): Joined {
    return {
      ...joined,
      nodes: new Set([...joined.nodes, step]),
      joins: [...joined.joins, ...this.#joinsOf(step)],
      multiples: joined.multiples + (step.hop?.isMultiple === true ? 1 : 0),
    }
  }

  /** The joins of a hop to the rows joined so far. */
  #joinsOf(step: JoinNode): readonly SQL[] {
    const { hop, alias } = step
    const before = placeBefore(step)
    if (hop === undefined || before === undefined) return []
    this.#joinCount += 1
    const references = this.#references(step)
    if (references === undefined || hop.collection === undefined) {
      return [sql`LEFT JOIN ${hop.target(before.alias, alias)}`]
    }
    const pairs = `${alias}.pairs`
    const target = sql`${sql.identifier(hop.collection.name)} AS ${sql.identifier(alias)}`
    return [
      sql`LEFT JOIN ${sql.identifier(references)} AS ${sql.identifier(pairs)} ON ${column(pairs, 'to')} = ${column(before.alias, 'id')}`,
      sql`LEFT JOIN ${target} ON ${column(alias, rowKey(hop.collection))} = ${column(pairs, 'row')}`,
    ]
  }

  /** A table of references to the records before a hop; undefined if an index finds them. */
  #references(step: JoinNode): string | undefined {
    const { hop, alias } = step
    const before = placeBefore(step)
    if (hop?.collection === undefined || before === undefined) return undefined
    const references = hop.references?.(alias)
    if (references === undefined) return undefined

    const { collection } = hop
    return this.#shared(`references ${keyOf(step)}`, 'references', () => {
      const rows = [
        sql`${references.id} AS "to"`,
        sql`${column(alias, rowKey(collection))} AS "row"`,
        sql`${column(alias, 'id')} AS "id"`,
      ]
      return sql`SELECT DISTINCT ${sql.join(rows, sql`, `)} FROM ${references.from} JOIN ${this.#reached(before)} ON "reached"."id" = ${references.id}`
    })
  }

  /** The part after FROM for the ids of the reachable records at a node. */
  #reached(node: JoinNode): SQL {
    const name = this.#shared(`reached ${keyOf(node)}`, 'reached', () => this.#reach(node))
    return sql`${sql.identifier(name)} AS "reached"`
  }

  #reach(node: JoinNode): SQL {
    const { hop, alias } = node
    const id = column(alias, 'id')
    if (hop === undefined) return selectIds(id, this.#rows.from, this.#rows.where)

    const references = this.#references(node)
    // Even if nothing is reached there is a row of NULLs.
    const nothing = sql`UNION SELECT NULL`
    if (references !== undefined) {
      return sql`SELECT "id" FROM ${sql.identifier(references)} ${nothing}`
    }
    const steps = stepsTo(node)
    const start = steps.findLastIndex((step) => step !== node && step.hop?.collection !== undefined)
    const from = steps[start]
    const free = steps.findLastIndex((step) => step.hop?.foundBy === 'nothing')
    const way = steps.slice(Math.max(start + 1, free))
    const joins = way.map((step) => this.#innerJoin(step))
    if (free > start) {
      return sql`${selectIds(id, sql`(SELECT 1) ${sql.join(joins, sql` `)}`, undefined)} ${nothing}`
    }
    if (from?.hop?.collection === undefined) {
      const rows = sql`${this.#rows.from} ${sql.join(joins, sql` `)}`
      return sql`${selectIds(id, rows, this.#rows.where)} ${nothing}`
    }
    const table = sql`${sql.identifier(from.hop.collection.name)} AS ${sql.identifier(from.alias)}`
    const rows = sql`${this.#reached(from)} JOIN ${table} ON ${column(from.alias, 'id')} = "reached"."id" ${sql.join(joins, sql` `)}`
    return sql`${selectIds(id, rows, undefined)} ${nothing}`
  }

  #innerJoin(step: JoinNode): SQL {
    const before = placeBefore(step)
    this.#joinCount += 1
    return sql`JOIN ${step.hop?.target(before?.alias ?? this.#root.alias, step.alias)}`
  }

  #shared(key: string, label: string, select: () => SQL): string {
    const known = this.#tables.get(key)
    if (known !== undefined) return known.name
    return this.#table(this.#nodes.newAlias(label), select(), key)
  }

  #table(name: string, select: SQL, key = name): string {
    this.#tables.set(key, { name, select })
    return name
  }
}

/** The joins of a SELECT that the surrounding ones do not have. */
function ownJoins({ joins, lists }: Joined, outer: Joined): readonly SQL[] {
  return [...joins.slice(outer.joins.length), ...lists.joins]
}

/** The depth of a SELECT: SQLite appends the conditions of its joins to its WHERE. */
function depthWithin(condition: Term, joins: number, { depth }: Lists): number {
  return Math.max(condition.depth + joins + (condition.innerDepth ?? 0), depth)
}

function selectIds(id: SQL, from: SQL, where: SQL | undefined): SQL {
  return sql`SELECT ${id} AS "id" FROM ${from}${where === undefined ? sql`` : sql` WHERE ${where}`}`
}

/** The path to a node, as a string. */
function keyOf(node: JoinNode): string {
  return stepsTo(node)
    .map(({ hop }) => hop?.key)
    .join('\n')
}

/** The column that finds rows fastest, in order of creation. */
function rowKey({ type }: FilterCollection): '_rowid_' | 'id' {
  return type === 'view' ? 'id' : '_rowid_'
}
