import { type FormEvent, useRef, useState } from 'react'
import { describeFailure, type Failure, readFailure } from '#dashboard/api/failure.ts'
import { setUp } from '#dashboard/api/session.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Field, PasswordInput, TextInput } from '#dashboard/ui/field.tsx'
import { Note } from '#dashboard/ui/states.tsx'
import styles from './sign-in.module.css'

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
  const [failure, setFailure] = useState<Failure>()
  const [isBusy, setBusy] = useState(false)
  const summary = useRef<HTMLDivElement>(null)
  const errors = failure?.fields ?? new Map<string, string>()

  const submit = async (): Promise<void> => {
    setBusy(true)
    setFailure(undefined)
    try {
      await setUp({ token, email, password, passwordConfirm: confirm })
      onDone()
    } catch (error) {
      const refusal = readFailure(error)
      if (refusal.status === 403) onRefused()
      setFailure(refusal)
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
      {failure !== undefined && (
        <div ref={summary} tabIndex={-1} className={styles.summary}>
          <Note look="danger" role="alert">
            {errors.size > 0 ? t.errors.notSaved({ count: errors.size }) : describeFailure(failure)}
          </Note>
        </div>
      )}
      <Field label={t.setup.email} error={errors.get('email')}>
        {(control) => (
          <TextInput
            {...control}
            type="email"
            name="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        )}
      </Field>
      <Field label={t.setup.password} help={t.setup.passwordHelp} error={errors.get('password')}>
        {(control) => (
          <PasswordInput
            {...control}
            name="password"
            autoComplete="new-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      <Field label={t.setup.confirm} error={errors.get('passwordConfirm')}>
        {(control) => (
          <PasswordInput
            {...control}
            name="passwordConfirm"
            autoComplete="new-password"
            required
            value={confirm}
            onChange={(event) => setConfirm(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" look="primary" isBusy={isBusy}>
        {t.setup.submit}
      </Button>
    </form>
  )
}
