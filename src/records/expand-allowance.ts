import { budget } from '#kernel/budget.ts'
import { byteLength } from '#kernel/text.ts'
import type { LoadedRecord } from '#records/read/record-shape.ts'

/** The size of a response with expanded relations. */
interface Extent {
  readonly nodes: number
  readonly bytes: number
}

/** Approximate bytes of a number or a boolean, and of the JSON around a key. */
const scalarBytes = 24

/** The remaining budget for expanded records of one request, shared by its parts. */
export class ExpandAllowance {
  #nodes: number = budget.expandNodes
  #bytes: number = budget.expandBytes

  /**
   * Takes the budget of records and everything expanded from them. Returns false, and takes
   * nothing, if it does not suffice.
   */
  take(records: readonly LoadedRecord[]): boolean {
    const { nodes, bytes } = sum(records, new Map())
    if (nodes > this.#nodes || bytes > this.#bytes) return false
    this.#nodes -= nodes
    this.#bytes -= bytes
    return true
  }
}

function sum(records: readonly LoadedRecord[], known: Map<LoadedRecord, Extent>): Extent {
  let [nodes, bytes] = [0, 0]
  for (const record of records) {
    const extent = extentOf(record, known)
    nodes += extent.nodes
    bytes += extent.bytes
  }
  return { nodes, bytes }
}

/** Measures a record once, however often it is repeated, and counts every repetition. */
function extentOf(record: LoadedRecord, known: Map<LoadedRecord, Extent>): Extent {
  const measured = known.get(record)
  if (measured !== undefined) return measured
  const related = sum([...(record.expand?.values() ?? [])].flat(), known)
  const extent = { nodes: related.nodes + 1, bytes: related.bytes + ownBytes(record) }
  known.set(record, extent)
  return extent
}

function ownBytes({ row, shape }: LoadedRecord): number {
  const values = Object.values(row).reduce(
    (bytes: number, value) =>
      bytes + scalarBytes + (typeof value === 'string' ? byteLength(value) : 0),
    0,
  )
  return shape.keyBytes + values
}
