import type { FieldDefinition } from '#fields/field-type.ts'
import type { FieldIssue, Issues } from '#kernel/errors.ts'
import type { ValidationRule } from '#go-compat/validation-rules.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { definitionIssues, invalidRule } from './issues.ts'

/** A definition about to be stored, and all that its checks may look at. */
export interface DefinitionChange {
  readonly next: CollectionDefinition
  /** The stored definition; undefined for one that is new. */
  readonly previous: CollectionDefinition | undefined
  /** The type as it was asked for; it may be none. */
  readonly type: string
  /** All definitions there are already; with the previous, without the next. */
  readonly stored: readonly CollectionDefinition[]
  /** Why a view's query can make no view; undefined when it can, and for other types. */
  readonly viewFault: string | undefined
  /** The first fault of a rule, as the filter language words it. */
  ruleFault(rule: string): string | undefined
}

/**
 * A rule has a text the filter language takes, and in a system collection it stays what it was.
 * Locked and open rules have no text.
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

/** A name does not look like a way back over a relation. */
export function hasNoVia(name: unknown): FieldIssue | undefined {
  return String(name).toLowerCase().includes('_via_') ? definitionIssues.containsVia : undefined
}

/** The faults, or undefined without any. */
export function unlessFaultless(issues: Issues): Issues | undefined {
  return Object.keys(issues).length === 0 ? undefined : issues
}

/** The field with an id. */
export function fieldById(
  fields: readonly FieldDefinition[],
  id: string,
): FieldDefinition | undefined {
  return fields.find((field) => field.id === id)
}
