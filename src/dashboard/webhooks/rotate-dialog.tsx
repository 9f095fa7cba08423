import { useState } from 'react'
import { readFailure } from '#dashboard/api/failure.ts'
import { useRotateSecret } from '#dashboard/api/webhooks.ts'
import { t } from '#dashboard/text/webhook-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { Field, optionsFrom, Select } from '#dashboard/ui/field.tsx'
import { FailureNote } from '#dashboard/ui/states.tsx'
import { SecretDialog } from './secret-dialog.tsx'
import styles from './webhooks.module.css'

const { webhooks: text } = t
type Keep = keyof typeof text.keepChoices

interface RotateProps {
  readonly id: string
  readonly onClose: () => void
}

/** Makes a new secret and shows it once; the old one signs beside it for a while. */
export function RotateDialog({ id, onClose }: RotateProps) {
  const [keep, setKeep] = useState<Keep>('86400')
  const { mutate, isPending, error, data } = useRotateSecret(id)
  if (data !== undefined) return <SecretDialog secret={data.secret} onClose={onClose} />
  return (
    <Dialog
      title={text.rotateTitle}
      onClose={onClose}
      onSubmit={() => mutate(Number(keep))}
      footer={
        <>
          <Button onClick={onClose}>{t.general.cancel}</Button>
          <Button type="submit" look="primary" isBusy={isPending}>
            {text.rotate}
          </Button>
        </>
      }
    >
      <div className={styles.section}>
        {error !== null && <FailureNote title={text.notRotated} failure={readFailure(error)} />}
        <p>{text.rotateText}</p>
        <Field label={text.keep}>
          {(control) => (
            <Select
              {...control}
              data-initial-focus
              value={keep}
              options={optionsFrom(text.keepChoices)}
              onChange={setKeep}
            />
          )}
        </Field>
      </div>
    </Dialog>
  )
}
