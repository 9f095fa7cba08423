import { useState } from 'react'
import { type Change, undoChanges } from '#dashboard/api/records/undo.ts'
import { t } from '#dashboard/text/t.ts'
import { showToast } from '#dashboard/ui/toast.tsx'

/** The last changes made in a table, until they are undone. */
export interface Undo {
  readonly changes: readonly Change[]
  readonly isUndoing: boolean
  /** Remembers changes, and offers to undo them. */
  readonly offer: (changes: readonly Change[]) => void
  readonly undo: () => void
}

/** Undoes inline and bulk edits: a toast offers it for some seconds, the foot of the table after it. */
export function useUndo(collection: string, expand: string): Undo {
  const [changes, setChanges] = useState<readonly Change[]>([])
  const [isUndoing, setUndoing] = useState(false)
  const run = async (given: readonly Change[]): Promise<void> => {
    setUndoing(true)
    const { undone, refused } = await undoChanges(collection, expand, given)
    setUndoing(false)
    setChanges([])
    showToast({
      text:
        refused.length === 0
          ? t.records.undone({ count: undone })
          : t.records.undonePartly({ undone, ids: refused }),
    })
  }
  return {
    changes,
    isUndoing,
    offer: (made) => {
      setChanges(made)
      showToast({
        text: t.records.changed({ count: made.length }),
        action: { label: t.records.undo, run: () => void run(made) },
      })
    },
    undo: () => void run(changes),
  }
}
