import { useState } from 'react'
import { useCreateBackup } from '#dashboard/api/operations/backups.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { Field, TextInput } from '#dashboard/ui/field.tsx'
import { FailureNote, Note } from '#dashboard/ui/states.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import styles from './operations.module.css'

const texts = t.operations.backups

/** Makes a backup under a name, and waits until it is complete. */
export function CreateBackupDialog({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState('')
  const create = useCreateBackup()
  const failure = create.error === null ? undefined : readFailure(create.error)
  const send = (): void => {
    if (create.isPending) return
    const key = name.trim()
    create.mutate(key === '' || key.endsWith('.zip') ? key : `${key}.zip`, {
      onSuccess: () => {
        onClose()
        showToast({ text: texts.created })
      },
    })
  }
  return (
    <Dialog
      title={texts.createTitle}
      onClose={onClose}
      onSubmit={send}
      footer={
        <>
          <Button onClick={onClose}>{t.general.cancel}</Button>
          <Button type="submit" look="primary" isBusy={create.isPending}>
            {texts.create}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {failure !== undefined && <FailureNote title={texts.notCreated} failure={failure} />}
        <p>{texts.createText}</p>
        <Field label={texts.name} help={texts.nameHelp} error={failure?.fields.get('name')}>
          {(control) => (
            <TextInput
              {...control}
              data-initial-focus
              isMono
              autoComplete="off"
              spellCheck={false}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        {create.isPending && <Note role="status">{texts.creating}</Note>}
      </div>
    </Dialog>
  )
}
