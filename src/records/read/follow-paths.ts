import type { Field } from '#fields/definition/field-type.ts'
import { toTextList } from '#go-compat/casts.ts'
import { budget } from '#kernel/budget.ts'
import type { ExpandPath, ExpandStep } from './expand-paths.ts'
import type { Branch, ExpandTree } from './expand-tree.ts'
import type { LoadedRecord } from './record-shape.ts'
import { maxBackRelations } from './related-select.ts'

/** The records of each section, by id. */
export type LoadedSections = readonly ReadonlyMap<string, LoadedRecord>[]

/**
 * Attaches the records at the paths of a tree. Returns false if there are more than a response may
 * have; some are attached then.
 */
export function followPaths(
  { paths, children }: ExpandTree,
  records: readonly LoadedRecord[],
  loaded: LoadedSections,
): boolean {
  return paths.every((path) => {
    const room = { left: budget.expandNodes }
    followPath(path, 0, records, children, { loaded, room })
    return room.left >= 0
  })
}

/** The context of following a path. */
interface Way {
  readonly loaded: LoadedSections
  /** The number of records that may still be attached; negative after too many. */
  readonly room: { left: number }
}

/**
 * Attaches the records at one path. A broken path has no effect once it is reached. If no record is
 * related before that, the path's break does not matter.
 */
function followPath(
  path: ExpandPath,
  depth: number,
  records: readonly LoadedRecord[],
  branches: ReadonlyMap<string, Branch>,
  way: Way,
): boolean {
  const step = path.steps[depth]
  const branch = step && branches.get(step.key)
  if (step === undefined || branch === undefined) return !path.isBroken

  const related = relatedBy(step, records, way.loaded[branch.section] ?? new Map(), way)
  const found = [...new Set([...related.values()].flat())]
  if (found.length > 0 && !followPath(path, depth + 1, found, branch.children, way)) return false

  for (const record of records) {
    record.expand ??= new Map()
    const list = related.get(record) ?? []
    const [first] = list
    if (first !== undefined) record.expand.set(step.key, step.isSingle ? first : list)
  }
  return true
}

/**
 * The related records of each record, in the order of its ids or, for back-relations, of the rows.
 */
function relatedBy(
  step: ExpandStep,
  records: readonly LoadedRecord[],
  candidates: ReadonlyMap<string, LoadedRecord>,
  { room }: Way,
): Map<LoadedRecord, LoadedRecord[]> {
  const listOf =
    step.direction === 'forward' ? linkedBy(step, candidates) : linking(step, candidates)
  const related = new Map<LoadedRecord, LoadedRecord[]>()
  for (const record of records) {
    const list = listOf(record)
    room.left -= list.length
    if (room.left < 0) return new Map()
    related.set(record, list)
  }
  return related
}

/** Finds the records that a record refers to. */
function linkedBy(
  { field }: ExpandStep,
  candidates: ReadonlyMap<string, LoadedRecord>,
): (record: LoadedRecord) => LoadedRecord[] {
  return (record) =>
    linkedIds(record, field)
      .map((id) => candidates.get(id))
      .filter((candidate) => candidate !== undefined)
}

/** Finds the records that refer to a record. */
function linking(
  { field }: ExpandStep,
  candidates: ReadonlyMap<string, LoadedRecord>,
): (record: LoadedRecord) => LoadedRecord[] {
  const byParent = Map.groupBy(
    [...candidates.values()].flatMap((child) =>
      linkedIds(child, field).map((parent) => ({ parent, child })),
    ),
    ({ parent }) => parent,
  )
  return (record) =>
    (byParent.get(record.id) ?? []).slice(0, maxBackRelations).map(({ child }) => child)
}

function linkedIds({ row, shape }: LoadedRecord, field: Field): string[] {
  return toTextList(row[shape.columnName(field)])
}
