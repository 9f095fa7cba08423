import type { FieldDefinition } from '#fields/definition/field-type.ts'
import type { FieldIssue, Issues } from '#kernel/errors.ts'
import type { ValidationRule } from '#go-compat/validation-rules.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { definitionIssues, invalidRule } from './issues.ts'

/** A definition to validate, and the context of its checks. */
export interface DefinitionChange {
  readonly next: CollectionDefinition
  /** The stored definition; undefined for one that is new. */
  readonly previous: CollectionDefinition | undefined
  /** The requested type, which may be invalid. */
  readonly type: string
  /** All stored definitions, including the previous one. */
  readonly stored: readonly CollectionDefinition[]
  /** The reason why a view's query is invalid; undefined if it is valid, and for other types. */
  readonly viewFault: string | undefined
  /** The first error of a rule, as the filter language reports it. */
  ruleFault(rule: string): string | undefined
}

/**
 * A rule must be valid, and cannot change in a system collection. Locked and public rules are not
 * checked.
 */
export function isRuleOf(
  change: DefinitionChange,
  stored: string | null | undefined,
): ValidationRule {
  return (rule) => {
    const fault = typeof rule === 'string' && rule !== '' ? change.ruleFault(rule) : undefined
    if (fault !== undefined) return invalidRule(fault)
    const isFixed = change.previous?.system === true && stored !== undefined
    return isFixed && stored !== rule ? definitionIssues.systemRuleChange : undefined
  }
}

/** A name must not look like a back-relation. */
export function hasNoVia(name: unknown): FieldIssue | undefined {
  return String(name).toLowerCase().includes('_via_') ? definitionIssues.containsVia : undefined
}

/** The issues, or undefined if there are none. */
export function unlessFaultless(issues: Issues): Issues | undefined {
  return Object.keys(issues).length === 0 ? undefined : issues
}

/** The field with this id. */
export function fieldById(
  fields: readonly FieldDefinition[],
  id: string,
): FieldDefinition | undefined {
  return fields.find((field) => field.id === id)
}
