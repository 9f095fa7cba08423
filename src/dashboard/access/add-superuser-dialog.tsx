import { useState } from 'react'
import { readFailure } from '#dashboard/api/failure.ts'
import { useCreateSuperuser } from '#dashboard/api/superusers.ts'
import { t } from '#dashboard/text/access-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { PasswordField } from '#dashboard/ui/credential-fields.tsx'
import { Field, FieldGroup, RadioGroup, TextInput } from '#dashboard/ui/field.tsx'
import { FailureNote } from '#dashboard/ui/states.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import styles from './superusers.module.css'

const { superusers: text } = t

type Way = 'mail' | 'password'

/** Adds a superuser, who chooses a password by mail or gets one. */
export function AddSuperuserDialog({ onClose }: { readonly onClose: () => void }) {
  const [email, setEmail] = useState('')
  const [way, setWay] = useState<Way>('mail')
  const [password, setPassword] = useState('')
  const { mutate, isPending, error } = useCreateSuperuser()
  const failure = error === null ? undefined : readFailure(error)
  const submit = (): void =>
    mutate(
      { email: email.trim(), password: way === 'password' ? password : undefined },
      {
        onSuccess: () => {
          showToast({ text: way === 'mail' ? text.addedByMail : text.added })
          onClose()
        },
      },
    )
  return (
    <Dialog
      title={text.add}
      onClose={onClose}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{t.general.cancel}</Button>
          <Button
            type="submit"
            look="primary"
            isBusy={isPending}
            disabledReason={email.trim() === '' ? text.withoutEmail : undefined}
          >
            {text.add}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {failure !== undefined && <FailureNote title={text.notAdded} failure={failure} />}
        <Field label={text.email} error={failure?.fields.get('email')}>
          {(control) => (
            <TextInput
              {...control}
              type="email"
              autoComplete="off"
              data-initial-focus
              value={email}
              onChange={({ target }) => setEmail(target.value)}
            />
          )}
        </Field>
        <FieldGroup label={text.way}>
          <RadioGroup<Way>
            name="way"
            value={way}
            options={[
              { value: 'mail', label: text.byMail },
              { value: 'password', label: text.byPassword },
            ]}
            onChange={setWay}
          />
        </FieldGroup>
        {way === 'password' && (
          <PasswordField
            kind="new"
            label={text.password}
            help={text.passwordHelp}
            error={failure?.fields.get('password')}
            value={password}
            onChange={setPassword}
          />
        )}
      </div>
    </Dialog>
  )
}
