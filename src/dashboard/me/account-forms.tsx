import type { RecordModel } from 'pocketbase'
import { useState } from 'react'
import { readFailure } from '#dashboard/api/failure.ts'
import { useChangeAccount } from '#dashboard/api/own-account.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { EmailField, PasswordField } from '#dashboard/ui/credential-fields.tsx'
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
      <EmailField
        label={texts.email}
        help={texts.emailHelp}
        error={failure?.fields.get('email')}
        value={email}
        onChange={setEmail}
      />
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
      <PasswordField
        kind="new"
        label={texts.password}
        help={texts.passwordHelp}
        error={failure?.fields.get('password')}
        value={password}
        onChange={(value) => setTyped({ ...typed, password: value })}
      />
      <PasswordField
        kind="new"
        label={texts.passwordAgain}
        error={
          failure?.fields.get('passwordConfirm') ??
          (isDifferent ? texts.passwordDifferent : undefined)
        }
        value={passwordConfirm}
        onChange={(value) => setTyped({ ...typed, passwordConfirm: value })}
      />
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
