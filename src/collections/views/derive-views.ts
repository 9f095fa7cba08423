/*
 * Views follow what they read. Their fields are derived from their queries and the collections
 * these name, so a change of a collection may change every view above it.
 */
import type { FieldDefinition } from '#fields/field-type.ts'
import { decodeFieldList } from '#collections/decode-definition.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { fieldNameFault } from '#collections/validate/field-name.ts'
import { dependentViews, inDependencyOrder, type ViewDefinition } from './view-dependencies.ts'
import { analyseViewQuery, renameInViewQuery } from './view-query.ts'

/** A view with the fields of its query, and why the query can make no view. */
export interface DerivedView {
  readonly view: ViewDefinition
  readonly fault: string | undefined
}

/**
 * A view with the fields its query gives, read from these collections. It has none where the query
 * does not tell what they would be.
 */
export function deriveView(
  view: ViewDefinition,
  definitions: readonly CollectionDefinition[],
): DerivedView {
  const analysis = analyseViewQuery(view.options.viewQuery, (name) =>
    definitions.find((other) => other.name.toLowerCase() === name.toLowerCase()),
  )
  if ('fault' in analysis) return { view: { ...view, fields: [] }, fault: analysis.fault }
  const derived = decodeFieldList(analysis.fields)
  const fields = derived.map((field) => unchanged(view.fields, field) ?? field)
  return { view: { ...view, fields }, fault: nameFault(fields) }
}

function nameFault(fields: readonly FieldDefinition[]): string | undefined {
  const found = fields.map(({ name }) => fieldNameFault(name))
  const at = found.findIndex((issue) => issue !== undefined)
  return at === -1
    ? undefined
    : `invalid field "${fields[at]?.name}" (${at}): name: ${found[at]?.message}`
}

/** A clone has a random id; it stays the field it was as long as all else does. */
function unchanged(
  stored: readonly FieldDefinition[],
  derived: FieldDefinition,
): FieldDefinition | undefined {
  return stored.find((field) => {
    const { id } = field
    return JSON.stringify(field) === JSON.stringify({ ...derived, id })
  })
}

/** True for the definition of a view. */
export function isView(definition: CollectionDefinition): definition is ViewDefinition {
  return definition.type === 'view'
}

/** All definitions once another is stored, in place of the one with its id if there is one. */
export function withDefinition(
  definitions: readonly CollectionDefinition[],
  next: CollectionDefinition,
): CollectionDefinition[] {
  const at = definitions.findIndex(({ id }) => id === next.id)
  return at === -1 ? [...definitions, next] : definitions.with(at, next)
}

/**
 * All definitions after one of them changed: the views that read it have its new name in their
 * queries, and the fields it gives them now. A view whose query has become faulty stays as it is.
 */
export function withDerivedViews(
  definitions: readonly CollectionDefinition[],
  previous: CollectionDefinition | undefined,
  next: CollectionDefinition,
): CollectionDefinition[] {
  const others = definitions.filter(isView).filter(({ id }) => id !== next.id)
  const affected = previous === undefined ? [] : dependentViews([previous.name], others)
  return inDependencyOrder(affected).reduce<CollectionDefinition[]>(
    (all, view) => {
      const viewQuery = renamed(view.options.viewQuery, previous?.name ?? next.name, next.name)
      const derived = deriveView({ ...view, options: { viewQuery } }, all)
      return derived.fault === undefined
        ? withDefinition(all, changedView(view, derived.view))
        : all
    },
    [...definitions],
  )
}

/** The stored view itself where nothing of it changed. */
function changedView(stored: ViewDefinition, derived: ViewDefinition): ViewDefinition {
  return JSON.stringify(stored) === JSON.stringify(derived) ? stored : derived
}

function renamed(query: string, from: string, to: string): string {
  return from === to ? query : renameInViewQuery(query, from, to)
}
