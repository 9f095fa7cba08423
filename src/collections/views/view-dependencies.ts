import type { CollectionDefinition } from '#catalog/definition.ts'
import { readsOfView } from './view-query.ts'

/** The definition of a view collection. */
export type ViewDefinition = Extract<CollectionDefinition, { readonly type: 'view' }>

/**
 * The views that read one of the tables or views, directly or through other views; in the given
 * order.
 */
export function dependentViews(
  names: readonly string[],
  views: readonly ViewDefinition[],
): ViewDefinition[] {
  const reached = new Set(names.map((name) => name.toLowerCase()))
  const dependents = new Set<ViewDefinition>()
  for (let before = -1; before < dependents.size;) {
    before = dependents.size
    for (const view of views) {
      if (![...readsOfView(view.options.viewQuery)].some((name) => reached.has(name))) continue
      dependents.add(view)
      reached.add(view.name.toLowerCase())
    }
  }
  return views.filter((view) => dependents.has(view))
}

/** Sorts views so that each comes after those it reads. Circular views keep their order. */
export function inDependencyOrder(views: readonly ViewDefinition[]): ViewDefinition[] {
  const ordered = new Set<ViewDefinition>()
  const visited = new Set<ViewDefinition>()
  const visit = (view: ViewDefinition): void => {
    if (visited.has(view)) return
    visited.add(view)
    const reads = readsOfView(view.options.viewQuery)
    for (const other of views) if (reads.has(other.name.toLowerCase())) visit(other)
    ordered.add(view)
  }
  for (const view of views) visit(view)
  return [...ordered]
}
