import { is, SQL, sql } from 'drizzle-orm'
import type { Value } from '#database/value.ts'
import type { RequestInfo } from '#filter/schema.ts'
import type { Collection, CollectionSet } from '#catalog/collection.ts'
import type { Rule } from '#catalog/compile/rules.ts'
import { type AccessRequest, accessTo } from '#records/access.ts'
import { columnOf, internalName } from '#records/identifiers.ts'

/** The source of the row that a rule is evaluated for. */
export interface RuleRow {
  readonly collection: Collection
  /** The table or common table expression with the row. */
  readonly source: SQL
  /** The alias of the row in the condition. */
  readonly alias: string
  /** True for a record before its creation, which nothing refers to. */
  readonly isVirtual: boolean
  /** The condition that selects the row. */
  readonly where: (alias: string) => SQL | undefined
}

/**
 * The stored record with an id, which may be an expression of the surrounding select. A record with
 * a fixed id has its collection's name as alias, so that changes of it can refer to it.
 */
export function storedRow(collection: Collection, id: string | Value<string> | SQL): RuleRow {
  if (typeof id !== 'string' && !is(id, SQL)) {
    return { ...storedRow(collection, id.sql), alias: collection.name }
  }
  return {
    collection,
    source: sql`${sql.identifier(collection.name)}`,
    alias: typeof id === 'string' ? collection.name : internalName('rule'),
    isVirtual: false,
    where: (alias) => sql`${columnOf(alias, 'id')} = ${id}`,
  }
}

/**
 * A condition that is true if the rule holds for the row. Superusers pass every rule; an invalid
 * rule holds for no other caller.
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

/** The same, also for superusers; undefined if the rule is locked or invalid. */
export function ruleCondition(
  catalog: CollectionSet,
  viewer: RequestInfo,
  rule: Rule,
  { collection, alias, source, isVirtual, where }: RuleRow,
  options: Pick<AccessRequest, 'boundsRules'> = {},
): SQL | undefined {
  const access = accessTo(catalog, viewer, {
    rule,
    bindsSuperusers: true,
    base: { collection, alias, source, where: where(alias), isVirtual },
    aliasPrefix: internalName('rule_'),
    ...options,
  })
  if (!access.isGranted) return undefined
  return sql`EXISTS (${access.with}SELECT 1 FROM ${source} AS ${sql.identifier(alias)} ${access.joins} WHERE ${access.where})`
}
