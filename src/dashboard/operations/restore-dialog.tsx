import { useState } from 'react'
import { type Backup, useRestoreBackup } from '#dashboard/api/operations/backups.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { formatTime } from '#dashboard/text/format.ts'
import { t } from '#dashboard/text/t.ts'
import { ConfirmDialog } from '#dashboard/ui/dialog.tsx'
import { Checkbox } from '#dashboard/ui/field.tsx'
import { FailureNote } from '#dashboard/ui/states.tsx'
import { useZone } from '#dashboard/ui/time.tsx'

const texts = t.operations.backups

interface RestoreDialogProps {
  readonly backup: Backup
  readonly onClose: () => void
}

/** Says what a restore replaces, and starts it. */
export function RestoreDialog({ backup, onClose }: RestoreDialogProps) {
  const [makesBackup, setMakesBackup] = useState(true)
  const restore = useRestoreBackup()
  const zone = useZone()
  const { key, modified } = backup
  return (
    <ConfirmDialog
      title={texts.restoreTitle}
      action={texts.restoreAction}
      typed={key}
      isBusy={restore.isPending}
      onConfirm={() => restore.mutate({ key, makesBackup }, { onSuccess: onClose })}
      onClose={onClose}
    >
      {restore.error !== null && (
        <FailureNote title={texts.notRestored} failure={readFailure(restore.error)} />
      )}
      <p>{texts.restoreText({ time: formatTime(new Date(modified.replace(' ', 'T')), zone) })}</p>
      <Checkbox label={texts.makeFirst} isChecked={makesBackup} onChange={setMakesBackup} />
    </ConfirmDialog>
  )
}
