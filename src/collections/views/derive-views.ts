/*
 * Derives the fields of views from their queries and the collections they read. A change of a
 * collection may therefore change every view above it.
 */
import type { FieldDefinition } from '#fields/definition/field-type.ts'
import { decodeFieldList } from '#collections/decode-definition.ts'
import type { CollectionDefinition } from '#catalog/definition.ts'
import { fieldNameFault } from '#collections/validate/field-name.ts'
import { dependentViews, inDependencyOrder, type ViewDefinition } from './view-dependencies.ts'
import { analyseViewQuery, renameInViewQuery } from './view-query.ts'

/** A view with the fields of its query, and the reason if the query is invalid. */
export interface DerivedView {
  readonly view: ViewDefinition
  readonly fault: string | undefined
}

/**
 * Derives the fields of a view's query from these collections. There are none if the query does not
 * reveal them.
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

/** A cloned field has a random id. It keeps its previous id if all else is unchanged. */
function unchanged(
  stored: readonly FieldDefinition[],
  derived: FieldDefinition,
): FieldDefinition | undefined {
  return stored.find((field) => {
    const { id } = field
    return JSON.stringify(field) === JSON.stringify({ ...derived, id })
  })
}

/** True for a view's definition. */
export function isView(definition: CollectionDefinition): definition is ViewDefinition {
  return definition.type === 'view'
}

/** All definitions after another is stored in place of the one with its id, if there is one. */
export function withDefinition(
  definitions: readonly CollectionDefinition[],
  next: CollectionDefinition,
): CollectionDefinition[] {
  const at = definitions.findIndex(({ id }) => id === next.id)
  return at === -1 ? [...definitions, next] : definitions.with(at, next)
}

/**
 * All definitions after one changed: the views that read it get its new name in their queries, and
 * their new fields. A view whose query has become invalid stays unchanged.
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

/** The stored view itself if nothing changed. */
function changedView(stored: ViewDefinition, derived: ViewDefinition): ViewDefinition {
  return JSON.stringify(stored) === JSON.stringify(derived) ? stored : derived
}

function renamed(query: string, from: string, to: string): string {
  return from === to ? query : renameInViewQuery(query, from, to)
}
