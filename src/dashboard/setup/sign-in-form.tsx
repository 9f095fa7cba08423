import { useState } from 'react'
import { type SecondStep, signIn } from '#dashboard/api/session.ts'
import { t } from '#dashboard/text/t.ts'
import { Checkbox } from '#dashboard/ui/field.tsx'
import { CodeForm } from './code-form.tsx'
import { EmailField, PasswordField } from '#dashboard/ui/credential-fields.tsx'
import { CredentialForm } from './credential-form.tsx'
import { useSubmit } from './use-submit.ts'

interface SignInFormProps {
  readonly email?: string
  readonly onDone: () => void
}

/**
 * Signs in with email and password, and with a mailed code if the account needs two steps. After an
 * error the email stays and the password is cleared.
 */
export function SignInForm({ email = '', onDone }: SignInFormProps) {
  const [identity, setIdentity] = useState(email)
  const [password, setPassword] = useState('')
  const [keep, setKeep] = useState(false)
  const [step, setStep] = useState<SecondStep>()
  const submission = useSubmit(
    async () => {
      const next = await signIn({ identity, password, keeping: keep ? 'browser' : 'tab' })
      setStep(next)
      if (next === undefined) onDone()
    },
    () => setPassword(''),
  )
  if (step !== undefined) {
    return <CodeForm step={step} onDone={onDone} onBack={() => setStep(undefined)} />
  }
  return (
    <CredentialForm
      submission={submission}
      action={t.signIn.submit}
      failureText={submission.failure?.status === 400 ? t.signIn.wrong : undefined}
    >
      <EmailField
        name="email"
        isRequired
        label={t.signIn.email}
        value={identity}
        onChange={setIdentity}
      />
      <PasswordField
        isRequired
        name="password"
        kind="current"
        label={t.signIn.password}
        value={password}
        onChange={setPassword}
      />
      <Checkbox label={t.signIn.keep} isChecked={keep} onChange={setKeep} />
    </CredentialForm>
  )
}
