/*
 * The order of a deletion's events, which is the order in which PocketBase deletes. The records
 * that refer to a record come before it, ordered by the names of their collections, then by field,
 * then by age. A record that loses several references is updated once for each.
 */
import type { Collection, Reference } from '#catalog/collection.ts'
import type { Row } from '#database/batch.ts'
import type { Field } from '#fields/definition/field-type.ts'
import { toText, toTextList } from '#go-compat/casts.ts'
import { internalName } from '#records/identifiers.ts'

/** Records of a collection before the deletion. */
export interface RecordsBefore {
  readonly collection: Collection
  /** Columns by name, and the {@link ageColumn}. */
  readonly rows: readonly Row[]
}

/** A number that increases with the order of creation. */
export const ageColumn = internalName('age')

/** A deletion of records, and their state before it. */
export interface Deletion {
  /** The record of the request, if it names one. */
  readonly first: string | undefined
  /** All deleted records, starting with the collection of the request. */
  readonly deleted: readonly RecordsBefore[]
  /** All records that lose a reference and stay. */
  readonly changed: readonly RecordsBefore[]
  readonly now: Date
}

/** One deleted or updated record of a deletion: before it is deleted, or after it is updated. */
export interface DeletionStep {
  readonly action: 'delete' | 'update'
  readonly collection: Collection
  readonly row: Row
}

interface StoredRecord {
  readonly collection: Collection
  readonly id: string
  readonly age: number
  readonly isDeleted: boolean
  row: Row
  isVisited: boolean
}

/** A record being deleted, as it was when it was reached. */
interface Frame {
  readonly record: StoredRecord
  readonly row: Row
  readonly referrers: Iterator<Referrer>
}

interface Referrer {
  readonly record: StoredRecord
  readonly row: Row
  readonly field: Field
}

/** Orders the known deletions and updates. */
export function orderDeletion({ first, deleted, changed, now }: Deletion): DeletionStep[] {
  const leaving = deleted.flatMap((records) => storedRecords(records, true))
  const staying = changed.flatMap((records) => storedRecords(records, false))
  const index = indexReferences([...leaving, ...staying].toSorted((a, b) => a.age - b.age))
  const named = leaving.find(
    ({ collection, id }) => id === first && collection === deleted[0]?.collection,
  )
  const steps: DeletionStep[] = []
  for (const root of named === undefined ? leaving : [named, ...leaving]) {
    // A loop with its own stack: a chain of records may be longer than the call stack.
    const frames = root.isVisited ? [] : [visit({ record: root, row: root.row }, index)]
    for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
      const next = frame.referrers.next()
      if (next.done === true) {
        steps.push({ action: 'delete', collection: frame.record.collection, row: frame.row })
        frames.pop()
      } else if (!next.value.record.isVisited) {
        const { record, field } = next.value
        const rest = toTextList(record.row[field.name]).filter((id) => id !== frame.record.id)
        if (record.isDeleted && field.cascadeDelete && rest.length === 0) {
          frames.push(visit(next.value, index))
        } else {
          record.row = withReferences(record, field, rest, now)
          steps.push({ action: 'update', collection: record.collection, row: record.row })
        }
      }
    }
  }
  return steps
}

function storedRecords({ collection, rows }: RecordsBefore, isDeleted: boolean): StoredRecord[] {
  return rows
    .map(({ [ageColumn]: age, ...row }) => {
      return {
        collection,
        id: toText(row['id']),
        age: Number(age),
        isDeleted,
        row,
        isVisited: false,
      }
    })
    .toSorted((a, b) => a.age - b.age)
}

/** Records by a relation field and the id it holds, the oldest first. */
type ReferenceIndex = ReadonlyMap<Field, ReadonlyMap<string, readonly StoredRecord[]>>

function indexReferences(records: readonly StoredRecord[]): ReferenceIndex {
  const index = new Map<Field, Map<string, StoredRecord[]>>()
  for (const record of records) {
    for (const field of record.collection.fields) {
      if (field.relatedCollectionId === undefined) continue
      const byId = index.get(field) ?? new Map<string, StoredRecord[]>()
      index.set(field, byId)
      for (const id of toTextList(record.row[field.name])) {
        const sameReference = byId.get(id)
        if (sameReference === undefined) byId.set(id, [record])
        else sameReference.push(record)
      }
    }
  }
  return index
}

function visit({ record, row }: Pick<Frame, 'record' | 'row'>, index: ReferenceIndex): Frame {
  record.isVisited = true
  return { record, row, referrers: referrersOf(record, index) }
}

function* referrersOf(
  { collection, id }: StoredRecord,
  index: ReferenceIndex,
): Generator<Referrer> {
  for (const { field } of collection.references.toSorted(byCollectionName)) {
    const records = index.get(field)?.get(id) ?? []
    // PocketBase reads all of them before it updates the first one.
    yield* records
      .filter((record) => !record.isVisited)
      .map((record) => ({ record, row: record.row, field }))
  }
}

function byCollectionName(a: Reference, b: Reference): number {
  if (a.collection.name === b.collection.name) return 0
  return a.collection.name < b.collection.name ? -1 : 1
}

/** The row with only these references, and with the values that the server sets on every update. */
function withReferences(
  { collection, row }: StoredRecord,
  field: Field,
  rest: readonly string[],
  now: Date,
): Row {
  const dates = collection.fields.flatMap((candidate) => {
    const stored = { known: row[candidate.name] }
    const value = candidate.acceptsInput ? undefined : candidate.fill('update', stored, now)
    return value === undefined ? [] : [[candidate.name, candidate.toColumn(value)] as const]
  })
  const references = field.toColumn(field.isMultiple ? rest : '')
  return { ...row, [field.name]: references, ...Object.fromEntries(dates) }
}
