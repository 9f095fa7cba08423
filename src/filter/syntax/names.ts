/*
 * What a filter reads, found in its tree. A name that only occurs in a string literal does not count.
 */
import type { FilterNode, Operand } from './ast.ts'

/** True if a filter reads the caller. */
export function readsCaller(filter: FilterNode): boolean {
  return namesIn(filter).some(
    (name) => name === '@request.auth' || name.startsWith('@request.auth.'),
  )
}

/**
 * True if a filter reads records other than the one it tests. Paths into JSON count as well: only
 * the schema tells them from paths through relations.
 */
export function readsOtherRecords(filter: FilterNode): boolean {
  return namesIn(filter).some(
    (name) => name.startsWith('@collection.') || (!name.startsWith('@') && name.includes('.')),
  )
}

function namesIn(node: FilterNode): string[] {
  if (node.kind !== 'comparison') return node.nodes.flatMap(namesIn)
  return [node.left, node.right].flatMap(namesOf)
}

function namesOf(operand: Operand): string[] {
  if (operand.kind === 'identifier') return [operand.name]
  return operand.kind === 'function' ? operand.args.flatMap(namesOf) : []
}
