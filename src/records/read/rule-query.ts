import { type SQL, sql } from 'drizzle-orm'
import type { Collection, CollectionSet } from '#catalog/collection.ts'
import type { Rule } from '#catalog/compile/rules.ts'
import { createFilterQuery } from '#filter/query.ts'
import { allOf, columnOf, internalName } from '#records/identifiers.ts'
import type { Viewer } from '#records/request-info.ts'

/** Where the row a rule is asked about comes from. */
export interface RuleRow {
  readonly collection: Collection
  /** The table or common table expression with the row. */
  readonly source: SQL
  /** The name the row's columns go by inside the question. */
  readonly alias: string
  /** A would-be record: nothing refers to it. */
  readonly isVirtual: boolean
  /** Which row of the source. */
  where(alias: string): SQL | undefined
}

/**
 * The stored record with an id, or whose id is what an expression of the surrounding select says. A
 * record named by its id goes by its collection's name, under which changes of it refer to it.
 */
export function storedRow(collection: Collection, id: string | SQL): RuleRow {
  return {
    collection,
    source: sql`${sql.identifier(collection.name)}`,
    alias: typeof id === 'string' ? collection.name : internalName('rule'),
    isVirtual: false,
    where: (alias) => sql`${columnOf(alias, 'id')} = ${id}`,
  }
}

/**
 * A condition that is true when the rule holds for the row. Superusers pass every rule; a rule that
 * cannot be compiled holds for nobody else.
 */
export function ruleHolds(catalog: CollectionSet, viewer: Viewer, rule: Rule, row: RuleRow): SQL {
  const passed = viewer.isSuperuser ? ({ kind: 'open' } as const) : rule
  return ruleCondition(catalog, viewer, passed, row) ?? sql`FALSE`
}

/**
 * The same for superusers as for anybody else; undefined for a rule that is locked or cannot be
 * compiled.
 */
export function ruleCondition(
  catalog: CollectionSet,
  viewer: Viewer,
  rule: Rule,
  row: RuleRow,
): SQL | undefined {
  if (rule.kind !== 'open' && rule.kind !== 'filter') return undefined

  const { collection, alias, source, isVirtual } = row
  const where = row.where(alias)
  const query = createFilterQuery({
    catalog,
    request: viewer.request,
    base: { collection, alias, source, where, isVirtual },
    aliasPrefix: internalName('rule_'),
  })
  if (rule.kind === 'filter' && !query.where(rule.filter, 'rule').ok) return undefined
  const compiled = query.compile()
  if (!compiled.ok) return undefined

  const conditions = [where, compiled.where].filter((part) => part !== undefined)
  return sql`EXISTS (${compiled.with}SELECT 1 FROM ${source} AS ${sql.identifier(alias)} ${compiled.joins} WHERE ${allOf(conditions)})`
}
