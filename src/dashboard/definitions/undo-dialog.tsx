import { useState } from 'react'
import { readFailure } from '#dashboard/api/failure.ts'
import { type HistoryEntry, type Undo, useApplySchema, useUndoPlan } from '#dashboard/api/schema.ts'
import { t } from '#dashboard/text/definition-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { Checkbox } from '#dashboard/ui/field.tsx'
import { FailureNote, Skeleton } from '#dashboard/ui/states.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import { ChangeLines } from './change-lines.tsx'

const texts = t.schemaHistory

interface UndoProps {
  readonly entry: HistoryEntry
  readonly onClose: () => void
}

/** Says what returning to the definitions before an entry does. A loss has to be ticked. */
export function UndoDialog({ entry, onClose }: UndoProps) {
  const { data, error } = useUndoPlan(entry.id)
  const { mutateAsync, isPending, error: refusal } = useApplySchema()
  const [isTicked, setTicked] = useState(false)
  const changes = data?.plan.changes ?? []
  const losses = changes.filter(({ risk }) => risk === 'destructive')
  const reason = reasonAgainst(data, isTicked || losses.length === 0)
  const undo = async ({ request, plan: { revision } }: Undo): Promise<void> => {
    const allow = losses.flatMap((change) => change.allow ?? [])
    await mutateAsync({ ...request, revision, allow })
    showToast({ text: texts.undone })
    onClose()
  }
  return (
    <Dialog
      title={texts.undoTitle({ id: entry.id })}
      width="wide"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose} data-initial-focus>
            {t.general.cancel}
          </Button>
          <Button
            look="danger"
            isBusy={isPending}
            disabledReason={reason}
            onClick={() => data !== undefined && void undo(data).catch(() => undefined)}
          >
            {texts.undoAction}
          </Button>
        </>
      }
    >
      {error !== null && <FailureNote title={texts.notPlanned} failure={readFailure(error)} />}
      {refusal !== null && <FailureNote title={texts.notUndone} failure={readFailure(refusal)} />}
      {data === undefined && error === null && <Skeleton lines={4} />}
      {data !== undefined && changes.length === 0 && <p>{texts.undoNothing}</p>}
      {changes.length > 0 && (
        <>
          <p>{texts.undoText}</p>
          <ChangeLines changes={changes} />
          {losses.length > 0 ? (
            <Checkbox label={texts.loses} isChecked={isTicked} onChange={setTicked} />
          ) : (
            <p>{texts.undoLoss}</p>
          )}
        </>
      )}
    </Dialog>
  )
}

function reasonAgainst(undo: Undo | undefined, mayLose: boolean): string | undefined {
  if (undo === undefined) return texts.planning
  const { changes } = undo.plan
  if (changes.length === 0) return texts.undoNothing
  if (changes.some(({ risk }) => risk === 'blocked')) return texts.blocked
  return mayLose ? undefined : texts.unticked
}
