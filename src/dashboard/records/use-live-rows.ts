import type { RecordModel } from 'pocketbase'
import { useState } from 'react'
import { type LiveState, useLiveRecords } from '#dashboard/api/records/live.ts'
import { replaceInLists } from '#dashboard/api/records/records.ts'
import { isSame } from '#dashboard/shell/draft/same-value.ts'
import { t } from '#dashboard/text/t.ts'

interface LiveRowsOptions {
  readonly collection: string
  readonly filter: string
  readonly expand: string
  readonly isOn: boolean
  readonly rows: readonly RecordModel[]
}

/** The changes made elsewhere since the rows were read. */
export interface LiveRows {
  readonly state: LiveState
  /** The number of records that the rows lack. */
  readonly newCount: number
  /** A word on a row that was changed or deleted elsewhere. */
  readonly noteOf: (row: RecordModel) => string | undefined
  /** Forgets all of it, when the rows are read again. */
  readonly clear: () => void
}

const none: ReadonlyMap<string, Mark> = new Map()
type Mark = 'created' | 'changed' | 'deleted'

/**
 * Follows a table's records. Changed rows get their new values where they are; new ones are counted, and
 * deleted ones stay until the rows are read again, so that no row moves under the pointer.
 */
export function useLiveRows({ collection, filter, expand, isOn, rows }: LiveRowsOptions): LiveRows {
  const [marks, setMarks] = useState(none)
  const mark = (id: string, kind: Mark): void => setMarks((now) => new Map(now).set(id, kind))
  const state = useLiveRecords(collection, {
    isOn,
    filter,
    expand,
    onEvent: ({ action, record }) => {
      const row = rows.find(({ id }) => id === record.id)
      if (action === 'create') mark(record.id, 'created')
      if (action === 'delete' && row !== undefined) mark(record.id, 'deleted')
      // What was changed here comes back as an event, too.
      if (action !== 'update' || row === undefined || isShown(row, record)) return
      mark(record.id, 'changed')
      replaceInLists(collection, record)
    },
  })
  const isLoaded = (id: string): boolean => rows.some((row) => row.id === id)
  return {
    state,
    newCount: [...marks].filter(([id, kind]) => kind === 'created' && !isLoaded(id)).length,
    noteOf: ({ id }) => {
      const kind = marks.get(id)
      return kind === 'changed' || kind === 'deleted' ? t.records.live[kind] : undefined
    },
    clear: () => setMarks(none),
  }
}

/** True when a row has all values of a record already. */
function isShown(row: RecordModel, record: RecordModel): boolean {
  return Object.keys(row).every((name) => name === 'expand' || isSame(row[name], record[name]))
}
