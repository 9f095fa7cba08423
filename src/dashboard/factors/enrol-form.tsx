import { lazy, type ReactNode, Suspense, useState } from 'react'
import {
  beginAuthenticator,
  confirmAuthenticator,
  type ConfirmedAuthenticator,
  type NewAuthenticator,
} from '#dashboard/api/factors.ts'
import { CredentialForm } from '#dashboard/setup/credential-form.tsx'
import { useSubmit } from '#dashboard/setup/use-submit.ts'
import { t } from '#dashboard/text/factor-texts.ts'
import { CopyButton } from '#dashboard/ui/copy-button.tsx'
import { Field, TextInput } from '#dashboard/ui/field.tsx'
import styles from './factors.module.css'
import { NameField } from './name-field.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'

const { factors: text } = t

const QrCode = lazy(async () => ({ default: (await import('./qr-code.tsx')).QrCode }))

interface EnrolProps {
  readonly collection: string
  /** The challenge of a sign-in; without it the session adds the authenticator. */
  readonly mfaId?: string
  readonly children?: ReactNode
  /** Called at the end, after recovery codes were shown. */
  readonly onDone: (confirmed: ConfirmedAuthenticator) => void
}

/** Adds an authenticator app: its name, the code to scan, its first digits, and recovery codes. */
export function EnrolForm({ collection, mfaId, children, onDone }: EnrolProps) {
  const challenge = mfaId === undefined ? {} : { mfaId }
  const [name, setName] = useState('')
  const [code, setCode] = useState('')
  const [begun, setBegun] = useState<NewAuthenticator>()
  const [confirmed, setConfirmed] = useState<ConfirmedAuthenticator>()
  const naming = useSubmit(async () => {
    setBegun(await beginAuthenticator(collection, { name: name.trim(), ...challenge }))
  })
  const confirming = useSubmit(
    async () => {
      if (begun === undefined) return
      const body = { code: code.trim(), ...challenge }
      const done = await confirmAuthenticator(collection, begun.id, body)
      if (done.recoveryCodes === undefined) onDone(done)
      else setConfirmed(done)
    },
    () => setCode(''),
  )
  if (confirmed?.recoveryCodes !== undefined) {
    return <RecoveryCodes codes={confirmed.recoveryCodes} onKept={() => onDone(confirmed)} />
  }
  if (begun === undefined) {
    return (
      <div className={styles.proof}>
        {children}
        <CredentialForm submission={naming} action={text.next}>
          <NameField
            value={name}
            onChange={setName}
            help={text.nameHelp}
            error={naming.failure?.fields.get('name')}
          />
        </CredentialForm>
      </div>
    )
  }
  return (
    <CredentialForm
      submission={confirming}
      action={text.confirm}
      failureText={confirming.failure?.status === 400 ? text.wrongFirstCode : undefined}
    >
      <p>{text.scan}</p>
      <Suspense fallback={<div className={styles.qr} />}>
        <QrCode text={begun.uri} label={text.qrCode} />
      </Suspense>
      <Field label={text.secret}>
        {(control) => <TextInput {...control} isMono readOnly value={begun.secret} />}
      </Field>
      <div>
        <CopyButton text={begun.secret} label={t.general.copy} />
      </div>
      <Field label={text.firstCode}>
        {(control) => (
          <TextInput
            {...control}
            isMono
            inputMode="numeric"
            autoComplete="one-time-code"
            value={code}
            onChange={({ target }) => setCode(target.value)}
          />
        )}
      </Field>
    </CredentialForm>
  )
}
