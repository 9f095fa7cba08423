import { lazy, Suspense, useState } from 'react'
import { type SecondStep, signIn } from '#dashboard/api/session.ts'
import { t } from '#dashboard/text/t.ts'
import { Checkbox } from '#dashboard/ui/field.tsx'
import { EmailField, PasswordField } from '#dashboard/ui/credential-fields.tsx'
import { Skeleton } from '#dashboard/ui/states.tsx'
import { CredentialForm } from './credential-form.tsx'
import { useSubmit } from './use-submit.ts'

const SecondStepForm = lazy(async () => ({
  default: (await import('#dashboard/factors/second-step-form.tsx')).SecondStepForm,
}))

interface SignInFormProps {
  readonly email?: string
  readonly onDone: () => void
}

/**
 * Signs in with email and password, and with a second factor if the account needs one. After an
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
    return (
      <Suspense fallback={<Skeleton lines={3} />}>
        <SecondStepForm step={step} onDone={onDone} onBack={() => setStep(undefined)} />
      </Suspense>
    )
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
