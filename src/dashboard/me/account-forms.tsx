import type { RecordModel } from 'pocketbase'
import { useState } from 'react'
import { readFailure } from '#dashboard/api/failure.ts'
import { useChangeAccount } from '#dashboard/api/own-account.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Field, PasswordInput, TextInput } from '#dashboard/ui/field.tsx'
import { FailureNote } from '#dashboard/ui/states.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import styles from './me.module.css'

const texts = t.me

interface FormProps {
  readonly account: RecordModel
}

/** Changes the address of the account. */
export function EmailForm({ account }: FormProps) {
  const stored = String(account['email'] ?? '')
  const [email, setEmail] = useState(stored)
  const change = useChangeAccount(account)
  const failure = change.error === null ? undefined : readFailure(change.error)
  const isSame = email.trim() === stored
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (isSame || change.isPending) return
        change.mutate(
          { email: email.trim() },
          { onSuccess: () => showToast({ text: texts.emailChanged }) },
        )
      }}
    >
      {failure !== undefined && (
        <FailureNote title={t.errors.notSaved({ count: failure.fields.size })} failure={failure} />
      )}
      <Field label={texts.email} help={texts.emailHelp} error={failure?.fields.get('email')}>
        {(control) => (
          <TextInput
            {...control}
            type="email"
            autoComplete="username"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        )}
      </Field>
      <div>
        <Button
          type="submit"
          isBusy={change.isPending}
          disabledReason={isSame ? texts.emailSame : undefined}
        >
          {texts.emailAction}
        </Button>
      </div>
    </form>
  )
}

const noPassword = { password: '', passwordConfirm: '' }

/** Changes the password of the account. The server ends all other sessions then. */
export function PasswordForm({ account }: FormProps) {
  const [typed, setTyped] = useState(noPassword)
  const change = useChangeAccount(account)
  const failure = change.error === null ? undefined : readFailure(change.error)
  const { password, passwordConfirm } = typed
  const isDifferent = passwordConfirm !== '' && passwordConfirm !== password
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (password === '' || isDifferent || change.isPending) return
        change.mutate(typed, {
          onSuccess: () => {
            setTyped(noPassword)
            showToast({ text: texts.passwordChanged })
          },
        })
      }}
    >
      {failure !== undefined && (
        <FailureNote title={t.errors.notSaved({ count: failure.fields.size })} failure={failure} />
      )}
      {/* Tells password managers which account it is. */}
      <input
        type="text"
        hidden
        readOnly
        autoComplete="username"
        value={String(account['email'] ?? '')}
      />
      <Field
        label={texts.password}
        help={texts.passwordHelp}
        error={failure?.fields.get('password')}
      >
        {(control) => (
          <PasswordInput
            {...control}
            autoComplete="new-password"
            value={password}
            onChange={(event) => setTyped({ ...typed, password: event.target.value })}
          />
        )}
      </Field>
      <Field
        label={texts.passwordAgain}
        error={
          failure?.fields.get('passwordConfirm') ??
          (isDifferent ? texts.passwordDifferent : undefined)
        }
      >
        {(control) => (
          <PasswordInput
            {...control}
            autoComplete="new-password"
            value={passwordConfirm}
            onChange={(event) => setTyped({ ...typed, passwordConfirm: event.target.value })}
          />
        )}
      </Field>
      <div>
        <Button
          type="submit"
          isBusy={change.isPending}
          disabledReason={password === '' ? texts.passwordMissing : undefined}
        >
          {texts.passwordAction}
        </Button>
      </div>
    </form>
  )
}
