import { describeFailure, readFailure } from '#dashboard/api/failure.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { Note } from '#dashboard/ui/states.tsx'
import styles from './records.module.css'

interface ManyReportDialogProps {
  readonly title: string
  readonly text: string
  /** The errors of the records that were left as they are, by id. */
  readonly refused: ReadonlyMap<string, unknown>
  readonly onClose: () => void
}

/** The records for which a request failed, each with its reason. */
export function ManyReportDialog({ title, text, refused, onClose }: ManyReportDialogProps) {
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={<Button onClick={onClose}>{t.general.close}</Button>}
    >
      <Note look="danger" role="alert">
        {text}
      </Note>
      <ul className={styles.report}>
        {[...refused].map(([id, error]) => (
          <li key={id}>
            <code>{id}</code>: {reasonOf(error)}
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

/** The reason of a refusal; errors of values say more than the message above them. */
function reasonOf(error: unknown): string {
  const failure = readFailure(error)
  if (failure.fields.size === 0) return describeFailure(failure)
  return [...failure.fields].map(([name, message]) => `${name}: ${message}`).join(' ')
}
