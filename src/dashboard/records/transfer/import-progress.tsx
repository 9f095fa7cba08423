import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import styles from './transfer.module.css'
import type { ImportRun } from './use-import.ts'

const texts = t.records.transfer

/** An import on its way. */
export function ImportProgress({
  run,
  total,
}: {
  readonly run: ImportRun
  readonly total: number
}) {
  return (
    <section className={styles.steps} aria-label={texts.progressLabel}>
      <p role="status">{texts.progress({ finished: run.finished, all: total })}</p>
      <progress
        className={styles.progress}
        aria-label={texts.progressLabel}
        max={total}
        value={run.finished}
      />
      <p>{texts.stay}</p>
      <div>
        <Button onClick={run.stop}>{texts.stop}</Button>
      </div>
    </section>
  )
}
