import type { ReactNode } from 'react'
import { describeFailure } from '#dashboard/api/failure.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Note } from '#dashboard/ui/states.tsx'
import styles from './sign-in.module.css'
import type { Submission } from './use-submit.ts'

interface CredentialFormProps {
  readonly submission: Submission
  readonly action: string
  /** Replaces the general description of a failure. */
  readonly failureText?: string | undefined
  readonly children: ReactNode
}

/** A form of credentials: its failure on top, its fields, one button. */
export function CredentialForm(props: CredentialFormProps) {
  const { submission, action, failureText, children } = props
  const { failure, wait, summary, isBusy, onSubmit } = submission
  return (
    <form className={styles.form} noValidate onSubmit={onSubmit}>
      {failure !== undefined && (
        <div ref={summary} tabIndex={-1} className={styles.summary}>
          <Note look="danger" role="alert">
            {wait !== undefined
              ? t.errors.tooMany({ seconds: wait })
              : (failureText ?? describeFailure(failure))}
          </Note>
        </div>
      )}
      {children}
      <Button
        type="submit"
        look="primary"
        isBusy={isBusy}
        disabledReason={wait === undefined ? undefined : t.errors.tooMany({ seconds: wait })}
      >
        {action}
      </Button>
    </form>
  )
}
