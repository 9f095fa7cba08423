import type { FilterNode } from '#filter/syntax/ast.ts'
import { parseFilter } from '#filter/syntax/parse.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'

/**
 * A parsed rule: `locked` for all except superusers, `open` to all, an expression, or `broken` if
 * it is invalid, which no caller satisfies.
 */
export type Rule =
  | { readonly kind: 'locked' }
  | { readonly kind: 'open' }
  | { readonly kind: 'broken' }
  | { readonly kind: 'filter'; readonly filter: FilterNode }

/** The parsed rules of a collection. Auth rules are locked in other types. */
export interface Rules {
  readonly list: Rule
  readonly view: Rule
  readonly create: Rule
  readonly update: Rule
  readonly delete: Rule
  readonly auth: Rule
  readonly manage: Rule
  /** The records that require a second factor; open for all of them. */
  readonly mfa: Rule
}

/** Parses the rules of a definition, once per revision. */
export function compileRules(definition: CollectionDefinition): Rules {
  const auth = definition.type === 'auth' ? definition.options : undefined
  return {
    list: parseRule(definition.listRule),
    view: parseRule(definition.viewRule),
    create: parseRule(definition.createRule),
    update: parseRule(definition.updateRule),
    delete: parseRule(definition.deleteRule),
    auth: parseRule(auth?.authRule ?? null),
    manage: parseRule(auth?.manageRule ?? null),
    mfa: parseRule(auth?.mfa.rule ?? null),
  }
}

/** Parses a rule. */
export function parseRule(rule: string | null): Rule {
  if (rule === null) return { kind: 'locked' }
  if (rule === '') return { kind: 'open' }
  const parsed = parseFilter(rule)
  return parsed.ok ? { kind: 'filter', filter: parsed.filter } : { kind: 'broken' }
}
