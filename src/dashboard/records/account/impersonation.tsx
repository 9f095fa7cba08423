import type { RecordModel } from 'pocketbase'
import { useState } from 'react'
import { useImpersonate } from '#dashboard/api/accounts.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { CopyButton } from '#dashboard/ui/copy-button.tsx'
import { Field, Select } from '#dashboard/ui/field.tsx'
import { FailureNote, Note } from '#dashboard/ui/states.tsx'
import styles from '#dashboard/records/panel/panel-parts.module.css'

const texts = t.records.account

/** The offered lifetimes of a token, in seconds. */
const durations = [
  { value: '900', label: texts.minutes({ count: 15 }) },
  { value: '3600', label: texts.hours({ count: 1 }) },
  { value: '86400', label: texts.days({ count: 1 }) },
  { value: '604800', label: texts.days({ count: 7 }) },
]

interface ImpersonationProps {
  readonly collection: string
  readonly record: RecordModel
}

/** Makes a token of the account, for scripts and for support. It is shown once. */
export function Impersonation({ collection, record }: ImpersonationProps) {
  const [seconds, setSeconds] = useState('900')
  const { mutate, data: token, isPending, error } = useImpersonate(collection, record.id)
  return (
    <>
      <p className={styles.quiet}>{texts.impersonateText}</p>
      {error !== null && <FailureNote title={texts.noToken} failure={readFailure(error)} />}
      <div className={styles.row}>
        <Field label={texts.duration}>
          {(control) => (
            <Select {...control} value={seconds} options={durations} onChange={setSeconds} />
          )}
        </Field>
        <Button isBusy={isPending} onClick={() => mutate(Number(seconds))}>
          {texts.makeToken}
        </Button>
      </div>
      {token !== undefined && (
        <Note look="success" role="status">
          <span>{texts.tokenOnce}</span>
          <code className={styles.secret}>{token}</code>
          <span className={styles.row}>
            <CopyButton text={token} label={texts.copyToken} />
            <CopyButton text={sampleOf(token)} label={texts.copySample} />
          </span>
        </Note>
      )}
    </>
  )
}

/** The lines of an app that acts with the token. */
function sampleOf(token: string): string {
  return [
    "import PocketBase from 'pocketbase'",
    '',
    `const client = new PocketBase('${location.origin}')`,
    `client.authStore.save('${token}')`,
  ].join('\n')
}
