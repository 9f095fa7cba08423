import type { RecordModel } from 'pocketbase'
import { type AccountMail, useSendAccountMail } from '#dashboard/api/accounts.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { FailureNote } from '#dashboard/ui/states.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import styles from '#dashboard/records/panel/panel-parts.module.css'

const texts = t.records.account

interface AccountMailsProps {
  readonly collection: string
  readonly record: RecordModel
}

/** Sends the mails that an account can ask for itself. */
export function AccountMails({ collection, record }: AccountMailsProps) {
  const email = typeof record['email'] === 'string' ? record['email'] : ''
  const { mutate, isPending, variables, error } = useSendAccountMail(collection, email)
  const send = (mail: AccountMail): void =>
    mutate(mail, { onSuccess: () => showToast({ text: texts.mailSent({ email }) }) })
  const without = email === '' ? texts.withoutEmail : undefined
  return (
    <>
      {error !== null && <FailureNote title={texts.mailFailed} failure={readFailure(error)} />}
      <p className={styles.quiet}>{email === '' ? texts.withoutEmail : email}</p>
      <div className={styles.row}>
        {collection !== '_superusers' && (
          <Button
            isBusy={isPending && variables === 'verification'}
            disabledReason={without ?? (record['verified'] === true ? texts.verified : undefined)}
            onClick={() => send('verification')}
          >
            {texts.sendVerification}
          </Button>
        )}
        <Button
          isBusy={isPending && variables === 'passwordReset'}
          disabledReason={without}
          onClick={() => send('passwordReset')}
        >
          {texts.sendReset}
        </Button>
      </div>
    </>
  )
}
