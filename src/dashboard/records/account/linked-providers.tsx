import type { RecordModel } from 'pocketbase'
import { useState } from 'react'
import { useLinkedProviders, useUnlinkProvider } from '#dashboard/api/accounts.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { ConfirmDialog } from '#dashboard/ui/dialog.tsx'
import { FailureNote, Skeleton } from '#dashboard/ui/states.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import styles from '#dashboard/records/panel/panel-parts.module.css'

const texts = t.records.account

/** The providers that an account signs in with. */
export function LinkedProviders({ record }: { readonly record: RecordModel }) {
  const { data, error, refetch } = useLinkedProviders(record)
  const [asked, setAsked] = useState<RecordModel>()
  if (error !== null) {
    return (
      <FailureNote
        title={texts.providersUnreadable}
        failure={readFailure(error)}
        onRetry={() => void refetch()}
      />
    )
  }
  if (data === undefined) return <Skeleton lines={2} />
  if (data.length === 0) return <p className={styles.quiet}>{texts.noProviders}</p>
  return (
    <>
      <ul className={styles.list}>
        {data.map((link) => {
          const provider = String(link['provider'])
          return (
            <li key={link.id}>
              <span>
                {provider} <code>{String(link['providerId'])}</code>
              </span>
              <Button
                size="small"
                aria-label={texts.unlinkNamed({ provider })}
                onClick={() => setAsked(link)}
              >
                {texts.unlink}
              </Button>
            </li>
          )
        })}
      </ul>
      {asked !== undefined && <UnlinkDialog link={asked} onClose={() => setAsked(undefined)} />}
    </>
  )
}

interface UnlinkDialogProps {
  readonly link: RecordModel
  readonly onClose: () => void
}

function UnlinkDialog({ link, onClose }: UnlinkDialogProps) {
  const { mutate, isPending, error } = useUnlinkProvider()
  const provider = String(link['provider'])
  const unlink = (): void =>
    mutate(link.id, {
      onSuccess: () => {
        onClose()
        showToast({ text: texts.unlinked({ provider }) })
      },
    })
  return (
    <ConfirmDialog
      title={texts.unlinkTitle({ provider })}
      action={texts.unlinkNamed({ provider })}
      isBusy={isPending}
      onConfirm={unlink}
      onClose={onClose}
    >
      {error !== null && <FailureNote title={texts.notUnlinked} failure={readFailure(error)} />}
      <p>{texts.unlinkText({ provider })}</p>
    </ConfirmDialog>
  )
}
