import { useEffect, useRef, useState } from 'react'
import { type SecondStep, signInWithCode } from '#dashboard/api/session.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Field, TextInput } from '#dashboard/ui/field.tsx'
import { CredentialForm } from './credential-form.tsx'
import { useSubmit } from './use-submit.ts'

interface CodeFormProps {
  readonly step: SecondStep
  readonly onDone: () => void
  readonly onBack: () => void
}

/** The second step of a sign-in: the code that was mailed. */
export function CodeForm({ step, onDone, onBack }: CodeFormProps) {
  const [code, setCode] = useState('')
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.focus(), [])
  const submission = useSubmit(
    async () => {
      await signInWithCode(step, code.trim())
      onDone()
    },
    () => setCode(''),
  )
  return (
    <>
      <CredentialForm
        submission={submission}
        action={t.signIn.submit}
        failureText={submission.failure?.status === 400 ? t.signIn.wrongCode : undefined}
      >
        <p>{t.signIn.codeSent({ email: step.email })}</p>
        <Field label={t.signIn.code}>
          {(control) => (
            <TextInput
              {...control}
              ref={input}
              isMono
              inputMode="numeric"
              autoComplete="one-time-code"
              required
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />
          )}
        </Field>
      </CredentialForm>
      <Button look="quiet" onClick={onBack}>
        {t.signIn.back}
      </Button>
    </>
  )
}
