import { useState } from 'react'
import { useDisable } from '#dashboard/api/account-state.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { MomentInput } from '#dashboard/fields/moment-input.tsx'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { Checkbox, Field, TextArea } from '#dashboard/ui/field.tsx'
import { FailureNote } from '#dashboard/ui/states.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import styles from '#dashboard/records/panel/panel-parts.module.css'

const texts = t.records.account

interface DisableProps {
  readonly collection: string
  readonly recordId: string
  readonly onClose: () => void
}

/** Asks why, and for how long, an account is to be disabled. */
export function DisableDialog({ collection, recordId, onClose }: DisableProps) {
  const [form, setForm] = useState({ reason: '', until: '', notify: true })
  const { mutate, isPending, error } = useDisable(collection, recordId)
  const failure = error === null ? undefined : readFailure(error)
  const disable = (): void =>
    mutate(form, {
      onSuccess: () => {
        onClose()
        showToast({ text: texts.isDisabled })
      },
    })
  return (
    <Dialog
      title={texts.disableTitle}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t.general.cancel}</Button>
          <Button look="danger" isBusy={isPending} onClick={disable}>
            {texts.disable}
          </Button>
        </>
      }
    >
      <div className={styles.part}>
        {failure !== undefined && <FailureNote title={texts.notDisabled} failure={failure} />}
        <p>{texts.disableText}</p>
        <Field label={texts.reason} help={texts.reasonHelp} error={failure?.fields.get('reason')}>
          {(control) => (
            <TextArea
              {...control}
              data-initial-focus
              rows={2}
              value={form.reason}
              onChange={({ target }) => setForm({ ...form, reason: target.value })}
            />
          )}
        </Field>
        <MomentInput
          label={texts.until}
          help={texts.untilHelp}
          error={failure?.fields.get('until')}
          value={form.until}
          onChange={(until) => setForm({ ...form, until })}
        />
        <Checkbox
          label={texts.notify}
          isChecked={form.notify}
          onChange={(notify) => setForm({ ...form, notify })}
        />
      </div>
    </Dialog>
  )
}
