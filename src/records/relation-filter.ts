import type { Collection } from '#catalog/collection.ts'
import type { FilterNode, Operand } from '#filter/syntax/ast.ts'
import { parseFilter } from '#filter/syntax/parse.ts'

/** True if a filter reads related records, or all records of another collection. */
export function filtersThroughRelations(collection: Collection, filter: string): boolean {
  const parsed = parseFilter(filter)
  return parsed.ok && leavesCollection(collection, parsed.filter)
}

function leavesCollection(collection: Collection, node: FilterNode): boolean {
  return node.kind === 'comparison'
    ? [node.left, node.right].some((operand) => isRelated(collection, operand))
    : node.nodes.some((child) => leavesCollection(collection, child))
}

function isRelated(collection: Collection, operand: Operand): boolean {
  if (operand.kind === 'function') return operand.args.some((arg) => isRelated(collection, arg))
  if (operand.kind !== 'identifier') return false
  const [first = '', second] = operand.name.split('.')
  if (second === undefined) return false
  // Anything that is not a field is a back-relation, or `@collection`.
  const field = collection.field(first)
  return field === undefined || field.relatedCollectionId !== undefined
}
