import type { RecordModel } from 'pocketbase'
import { useState } from 'react'
import { useResetTokens } from '#dashboard/api/accounts.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { asText } from '#dashboard/fields/field-type.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { ConfirmDialog } from '#dashboard/ui/dialog.tsx'
import { FailureNote } from '#dashboard/ui/states.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import styles from '#dashboard/records/panel/panel-parts.module.css'

const texts = t.records.account

interface ResetTokensProps {
  readonly collection: string
  readonly record: RecordModel
}

/** Makes all tokens of an account invalid, also those that no session belongs to. */
export function ResetTokens({ collection, record }: ResetTokensProps) {
  const [isAsking, setAsking] = useState(false)
  const { mutate, isPending, error } = useResetTokens(collection, record.id)
  const email = asText(record['email'])
  const reset = (): void =>
    mutate(undefined, {
      onSuccess: () => {
        setAsking(false)
        showToast({ text: texts.tokensReset })
      },
    })
  return (
    <>
      <p className={styles.quiet}>{texts.resetText}</p>
      <div>
        <Button onClick={() => setAsking(true)}>{texts.resetAction}</Button>
      </div>
      {isAsking && (
        <ConfirmDialog
          title={texts.resetTitle}
          action={texts.resetAction}
          isBusy={isPending}
          typed={email === '' ? record.id : email}
          onConfirm={reset}
          onClose={() => setAsking(false)}
        >
          {error !== null && <FailureNote title={texts.notReset} failure={readFailure(error)} />}
          <p>{texts.resetText}</p>
        </ConfirmDialog>
      )}
    </>
  )
}
