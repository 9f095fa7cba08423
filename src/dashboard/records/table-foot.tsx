import { Undo2 } from 'lucide-react'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import type { LiveRows } from './use-live-rows.ts'
import styles from './records.module.css'
import type { Undo } from './use-undo.tsx'

interface TableFootProps {
  /** The number of loaded rows; undefined before there are any. */
  readonly loaded: number | undefined
  readonly total: number | undefined
  readonly undo: Undo
  readonly live: LiveRows
  readonly onShowNew: () => void
}

/** The line below a table: counts, what can be undone, and what happened elsewhere. */
export function TableFoot({ loaded, total, undo, live, onShowNew }: TableFootProps) {
  return (
    <div className={styles.foot}>
      <span role="status">{loaded !== undefined && t.records.loaded({ loaded, total })}</span>
      {undo.changes.length > 0 && (
        <Button size="small" icon={Undo2} isBusy={undo.isUndoing} onClick={undo.undo}>
          {t.records.undoChanges({ count: undo.changes.length })}
        </Button>
      )}
      <span role="status" className={styles.live}>
        {live.state !== 'off' && t.records.live.states[live.state]}
        {live.newCount > 0 && (
          <Button size="small" onClick={onShowNew}>
            {t.records.live.show({ count: live.newCount })}
          </Button>
        )}
      </span>
    </div>
  )
}
