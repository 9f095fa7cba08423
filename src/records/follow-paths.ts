import type { Field } from '#fields/field-type.ts'
import type { ExpandPath, ExpandStep } from './expand-paths.ts'
import type { Branch, ExpandTree } from './expand-tree.ts'
import type { LoadedRecord } from './record-shape.ts'
import { maxBackRelations } from './related-select.ts'

/** The records of each section, by id. */
export type LoadedSections = readonly ReadonlyMap<string, LoadedRecord>[]

/** Attaches to records what the paths of a tree lead to. */
export function followPaths(
  { paths, children }: ExpandTree,
  records: readonly LoadedRecord[],
  loaded: LoadedSections,
): void {
  for (const path of paths) followPath(path, 0, records, children, loaded)
}

/**
 * Attaches what one path leads to. A broken path leaves no trace, provided it was reached: where
 * nothing is related on the way, nobody notices that it breaks later.
 */
function followPath(
  path: ExpandPath,
  depth: number,
  records: readonly LoadedRecord[],
  branches: ReadonlyMap<string, Branch>,
  loaded: LoadedSections,
): boolean {
  const step = path.steps[depth]
  const branch = step && branches.get(step.key)
  if (step === undefined || branch === undefined) return !path.isBroken

  const related = relatedBy(step, records, loaded[branch.section] ?? new Map())
  const found = [...new Set([...related.values()].flat())]
  if (found.length > 0 && !followPath(path, depth + 1, found, branch.children, loaded)) return false

  for (const record of records) {
    record.expand ??= new Map()
    const list = related.get(record) ?? []
    const [first] = list
    if (first !== undefined) record.expand.set(step.key, step.isSingle ? first : list)
  }
  return true
}

/** The related records of each record, in the order of its ids or, backwards, of the rows. */
function relatedBy(
  step: ExpandStep,
  records: readonly LoadedRecord[],
  candidates: ReadonlyMap<string, LoadedRecord>,
): Map<LoadedRecord, LoadedRecord[]> {
  if (step.direction === 'forward') {
    return new Map(
      records.map((record) => [
        record,
        linkedIds(record, step.field)
          .map((id) => candidates.get(id))
          .filter((candidate) => candidate !== undefined),
      ]),
    )
  }
  const byParent = Map.groupBy(
    [...candidates.values()].flatMap((child) =>
      linkedIds(child, step.field).map((parent) => ({ parent, child })),
    ),
    ({ parent }) => parent,
  )
  return new Map(
    records.map((record) => [
      record,
      (byParent.get(record.id) ?? []).slice(0, maxBackRelations).map(({ child }) => child),
    ]),
  )
}

function linkedIds({ row, shape }: LoadedRecord, field: Field): string[] {
  const value = field.fromColumn(row[shape.columnName(field)])
  if (Array.isArray(value)) return value.map(String)
  return typeof value === 'string' && value !== '' ? [value] : []
}
