import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { Mail, Send } from 'lucide-react'
import { useState } from 'react'
import { readFailure } from '#dashboard/api/failure.ts'
import { type InboxEntry, useInbox } from '#dashboard/api/operations/inbox.ts'
import { TestMailDialog } from '#dashboard/settings/test-mail-dialog.tsx'
import { ScreenHeader } from '#dashboard/shell/screen.tsx'
import { t } from '#dashboard/text/t.ts'
import { Button, buttonClass } from '#dashboard/ui/button.tsx'
import { classNames } from '#dashboard/ui/class-names.ts'
import { EmptyState, FailureNote, Skeleton } from '#dashboard/ui/states.tsx'
import { Time } from '#dashboard/ui/time.tsx'
import styles from './inbox.module.css'

const texts = t.mail

/** The mails that were caught on this machine; one opens beside the list. */
export function InboxScreen() {
  const [isTesting, setTesting] = useState(false)
  const chosen = useRouterState({
    select: ({ location }) => /\/inbox\/([^/]+)$/.exec(location.pathname)?.[1],
  })
  return (
    <div className={styles.split}>
      <div className={styles.list} data-behind={chosen === undefined ? undefined : ''}>
        <ScreenHeader
          title={texts.inbox}
          actions={
            <Button icon={Send} onClick={() => setTesting(true)}>
              {texts.test}
            </Button>
          }
        />
        <Mails chosen={chosen} />
      </div>
      <Outlet />
      {isTesting && <TestMailDialog onClose={() => setTesting(false)} />}
    </div>
  )
}

function Mails({ chosen }: { readonly chosen: string | undefined }) {
  const { data, error, refetch } = useInbox()
  if (error !== null) {
    const failure = readFailure(error)
    if (failure.status === 404) return <NoInbox />
    return (
      <div className={styles.note}>
        <FailureNote title={texts.unreadable} failure={failure} onRetry={() => void refetch()} />
      </div>
    )
  }
  if (data === undefined) return <Skeleton lines={8} />
  if (data.length === 0) {
    return (
      <EmptyState title={texts.none}>
        <p>{texts.noneText}</p>
        <p>{texts.intro}</p>
      </EmptyState>
    )
  }
  return (
    <>
      <p className={styles.intro}>{texts.intro}</p>
      <ul className={styles.mails} aria-label={texts.list}>
        {data.map((entry) => (
          <MailEntry key={entry.number} entry={entry} isChosen={String(entry.number) === chosen} />
        ))}
      </ul>
    </>
  )
}

interface MailEntryProps {
  readonly entry: InboxEntry
  readonly isChosen: boolean
}

function MailEntry({ entry, isChosen }: MailEntryProps) {
  const { number, to, subject, received, code } = entry
  return (
    <li className={classNames(styles.entry, isChosen && styles.chosen)}>
      <Mail size={20} strokeWidth={1.75} aria-hidden />
      <div className={styles.what}>
        <Link
          to="/mail/inbox/$number"
          params={{ number: String(number) }}
          aria-current={isChosen ? 'true' : undefined}
          className={styles.subject}
        >
          {subject === '' ? texts.noSubject : subject}
        </Link>
        <div className={styles.meta}>
          <span>{to.map(({ address }) => address).join(', ')}</span>
          <Time value={received} />
        </div>
      </div>
      {code !== '' && <code className={styles.code}>{code}</code>}
    </li>
  )
}

function NoInbox() {
  return (
    <EmptyState
      title={texts.absent}
      actions={
        <Link to="/settings/$page" params={{ page: 'mail' }} className={buttonClass()}>
          {texts.settings}
        </Link>
      }
    >
      <p>{texts.absentText}</p>
    </EmptyState>
  )
}
