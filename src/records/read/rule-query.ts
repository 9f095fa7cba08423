import { type SQL, sql } from 'drizzle-orm'
import type { RequestInfo } from '#filter/schema.ts'
import type { Collection, CollectionSet } from '#catalog/collection.ts'
import type { Rule } from '#catalog/compile/rules.ts'
import { accessTo } from '#records/access.ts'
import { columnOf, internalName } from '#records/identifiers.ts'

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
  readonly where: (alias: string) => SQL | undefined
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
 * cannot be compiled holds for no one else.
 */
export function ruleHolds(
  catalog: CollectionSet,
  viewer: RequestInfo,
  rule: Rule,
  row: RuleRow,
): SQL {
  const passed = viewer.isSuperuser ? ({ kind: 'open' } as const) : rule
  return ruleCondition(catalog, viewer, passed, row) ?? sql`FALSE`
}

/**
 * The same, for superusers as for others; undefined for a rule that is locked or cannot be compiled.
 */
export function ruleCondition(
  catalog: CollectionSet,
  viewer: RequestInfo,
  rule: Rule,
  { collection, alias, source, isVirtual, where }: RuleRow,
): SQL | undefined {
  const access = accessTo(catalog, viewer, {
    rule,
    bindsSuperusers: true,
    base: { collection, alias, source, where: where(alias), isVirtual },
    aliasPrefix: internalName('rule_'),
  })
  if (!access.isGranted) return undefined
  return sql`EXISTS (${access.with}SELECT 1 FROM ${source} AS ${sql.identifier(alias)} ${access.joins} WHERE ${access.where})`
}
