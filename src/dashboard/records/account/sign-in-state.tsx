import type { RecordModel } from 'pocketbase'
import { useState } from 'react'
import { type AccountState, useAccountState, useEnable } from '#dashboard/api/account-state.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { useAccount } from '#dashboard/api/session.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { FailureNote, Note, Skeleton } from '#dashboard/ui/states.tsx'
import { Time } from '#dashboard/ui/time.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import styles from '#dashboard/records/panel/panel-parts.module.css'
import { DisableDialog } from './disable-dialog.tsx'

const texts = t.records.account

interface AccountProps {
  readonly collection: string
  readonly record: RecordModel
}

/** The state of an account, which can sign in or is disabled. */
export function SignInState({ collection, record }: AccountProps) {
  const { data: state, error, refetch } = useAccountState(collection, record.id)
  if (error !== null) {
    return (
      <FailureNote
        title={texts.stateUnreadable}
        failure={readFailure(error)}
        onRetry={() => void refetch()}
      />
    )
  }
  if (state === undefined) return <Skeleton lines={2} />
  return state === null ? (
    <Enabled collection={collection} record={record} />
  ) : (
    <Disabled collection={collection} record={record} state={state} />
  )
}

function Enabled({ collection, record }: AccountProps) {
  const [isAsking, setAsking] = useState(false)
  const isOwn = useAccount()?.id === record.id
  return (
    <>
      <p className={styles.quiet}>{texts.canSignIn}</p>
      <div>
        <Button disabledReason={isOwn ? texts.ownState : undefined} onClick={() => setAsking(true)}>
          {texts.disable}
        </Button>
      </div>
      {isAsking && (
        <DisableDialog
          collection={collection}
          recordId={record.id}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}

function Disabled({ collection, record, state }: AccountProps & { readonly state: AccountState }) {
  const { mutate, isPending, error } = useEnable(collection, record.id)
  const enable = (): void =>
    mutate(undefined, { onSuccess: () => showToast({ text: texts.enabled }) })
  return (
    <>
      {error !== null && <FailureNote title={texts.notEnabled} failure={readFailure(error)} />}
      <Note look="warning">
        <strong>
          {state.until === '' ? texts.disabled : texts.disabledUntil}{' '}
          {state.until !== '' && <Time value={state.until} />}
        </strong>
        {state.reason !== '' && <span>{state.reason}</span>}
        <span>
          {texts.since} <Time value={state.at} />
        </span>
      </Note>
      <div>
        <Button isBusy={isPending} onClick={enable}>
          {texts.enable}
        </Button>
      </div>
    </>
  )
}
