import { useState } from 'react'
import { setUp } from '#dashboard/api/session.ts'
import { t } from '#dashboard/text/t.ts'
import { EmailField, PasswordField } from '#dashboard/ui/credential-fields.tsx'
import { CredentialForm } from './credential-form.tsx'
import { useSubmit } from './use-submit.ts'

interface SetupFormProps {
  readonly token: string
  readonly onDone: () => void
  /** The link does not hold, for whatever reason. */
  readonly onRefused: () => void
}

/** Creates the first superuser and signs in. Errors of a field are shown at the field. */
export function SetupForm({ token, onDone, onRefused }: SetupFormProps) {
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [confirm, setConfirm] = useState('')
  const submission = useSubmit(
    async () => {
      await setUp({ token, email, password, passwordConfirm: confirm })
      onDone()
    },
    ({ status }) => {
      if (status === 403) onRefused()
    },
  )
  const errors = submission.failure?.fields ?? new Map<string, string>()
  return (
    <CredentialForm
      submission={submission}
      action={t.setup.submit}
      failureText={errors.size > 0 ? t.errors.notSaved({ count: errors.size }) : undefined}
    >
      <EmailField
        name="email"
        isRequired
        label={t.setup.email}
        value={email}
        onChange={setEmail}
        error={errors.get('email')}
      />
      <PasswordField
        isRequired
        name="password"
        kind="new"
        label={t.setup.password}
        help={t.setup.passwordHelp}
        value={password}
        onChange={setPassword}
        error={errors.get('password')}
      />
      <PasswordField
        isRequired
        kind="new"
        name="passwordConfirm"
        label={t.setup.confirm}
        value={confirm}
        onChange={setConfirm}
        error={errors.get('passwordConfirm')}
      />
    </CredentialForm>
  )
}
