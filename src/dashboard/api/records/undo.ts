import type { RecordModel } from 'pocketbase'
import { isSame } from '#dashboard/shell/draft/same-value.ts'
import { client } from '#dashboard/api/client.ts'
import { ifUnchanged } from './record-tags.ts'
import { replaceInLists } from './records.ts'

/** A change of a record that can be undone: its values before and after. */
export interface Change {
  readonly id: string
  readonly before: Readonly<Record<string, unknown>>
  readonly after: Readonly<Record<string, unknown>>
}

/** True when a record still has the values of a change. */
function isAsLeft(record: RecordModel, { after }: Change): boolean {
  return Object.entries(after).every(([name, value]) => isSame(record[name], value))
}

/** The outcome of undoing changes. A record that was changed meanwhile stays as it is. */
export interface UndoReport {
  readonly undone: number
  readonly refused: readonly string[]
}

/** Writes the values of before, unless a record was changed meanwhile. */
export async function undoChanges(
  collection: string,
  expand: string,
  changes: readonly Change[],
): Promise<UndoReport> {
  const records = client.collection(collection)
  const refused: string[] = []
  for (const change of changes) {
    try {
      const now = await records.getOne(change.id)
      if (!isAsLeft(now, change)) {
        refused.push(change.id)
        continue
      }
      const options = { expand, headers: ifUnchanged(now) }
      replaceInLists(collection, await records.update(change.id, { ...change.before }, options))
    } catch {
      // It may be deleted, or locked by a rule; the report names it.
      refused.push(change.id)
    }
  }
  return { undone: changes.length - refused.length, refused }
}
