import { type FormEvent, useRef, useState } from 'react'
import { describeFailure, readFailure } from '#dashboard/api/failure.ts'
import { signIn } from '#dashboard/api/session.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Checkbox, Field, PasswordInput, TextInput } from '#dashboard/ui/field.tsx'
import { Note } from '#dashboard/ui/states.tsx'
import styles from './sign-in.module.css'

interface SignInFormProps {
  readonly email?: string
  readonly onDone: () => void
}

/** Signs in with email and password. After an error the email stays and the password is cleared. */
export function SignInForm({ email = '', onDone }: SignInFormProps) {
  const [identity, setIdentity] = useState(email)
  const [password, setPassword] = useState('')
  const [keep, setKeep] = useState(false)
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const summary = useRef<HTMLDivElement>(null)

  const submit = async (): Promise<void> => {
    setBusy(true)
    setError(undefined)
    try {
      await signIn({ identity, password, keeping: keep ? 'browser' : 'tab' })
      onDone()
    } catch (thrown) {
      const failure = readFailure(thrown)
      setError(failure.status === 400 ? t.signIn.wrong : describeFailure(failure))
      setPassword('')
      requestAnimationFrame(() => summary.current?.focus())
    } finally {
      setBusy(false)
    }
  }

  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        if (!isBusy) void submit()
      }}
    >
      {error !== undefined && (
        <div ref={summary} tabIndex={-1} className={styles.summary}>
          <Note look="danger" role="alert">
            {error}
          </Note>
        </div>
      )}
      <Field label={t.signIn.email}>
        {(control) => (
          <TextInput
            {...control}
            type="email"
            name="email"
            autoComplete="username"
            required
            value={identity}
            onChange={(event) => setIdentity(event.target.value)}
          />
        )}
      </Field>
      <Field label={t.signIn.password}>
        {(control) => (
          <PasswordInput
            {...control}
            name="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      <Checkbox label={t.signIn.keep} isChecked={keep} onChange={setKeep} />
      <Button type="submit" look="primary" isBusy={isBusy}>
        {t.signIn.submit}
      </Button>
    </form>
  )
}
