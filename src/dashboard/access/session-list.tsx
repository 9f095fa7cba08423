import { Monitor } from 'lucide-react'
import { useState } from 'react'
import { readFailure } from '#dashboard/api/failure.ts'
import {
  type AccountSession,
  useEndOtherSessions,
  useEndSession,
  useSessions,
} from '#dashboard/api/sessions.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { ConfirmDialog } from '#dashboard/ui/dialog.tsx'
import { Entry, EntryList } from '#dashboard/ui/entry-list.tsx'
import { FailureNote, Mark, Skeleton } from '#dashboard/ui/states.tsx'
import { Time } from '#dashboard/ui/time.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import styles from './session-list.module.css'

const texts = t.sessions

interface SessionListProps {
  readonly collection: string
  readonly recordId: string
}

/** The places where an account is signed in, each with a way to end it. */
export function SessionList({ collection, recordId }: SessionListProps) {
  const { data, error, refetch } = useSessions(collection, recordId)
  const end = useEndSession(collection, recordId)
  const [isAsking, setAsking] = useState(false)
  if (error !== null) {
    return (
      <FailureNote
        title={texts.unreadable}
        failure={readFailure(error)}
        onRetry={() => void refetch()}
      />
    )
  }
  if (data === undefined) return <Skeleton lines={3} />
  if (data.length === 0) return <p className={styles.none}>{texts.none}</p>
  const others = data.filter(({ current }) => !current)
  const isOwn = others.length < data.length
  return (
    <div className={styles.sessions}>
      {end.error !== null && (
        <FailureNote title={texts.notEnded} failure={readFailure(end.error)} />
      )}
      <EntryList label={texts.title}>
        {data.map((session) => (
          <SessionEntry
            key={session.id}
            session={session}
            isEnding={end.isPending && end.variables === session.id}
            onEnd={() =>
              end.mutate(session.id, { onSuccess: () => showToast({ text: texts.ended }) })
            }
          />
        ))}
      </EntryList>
      {others.length > 0 && (
        <div>
          <Button onClick={() => setAsking(true)}>{isOwn ? texts.endOthers : texts.endAll}</Button>
        </div>
      )}
      {isAsking && (
        <EndOthersDialog
          collection={collection}
          recordId={recordId}
          count={others.length}
          isOwn={isOwn}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  )
}

interface SessionEntryProps {
  readonly session: AccountSession
  readonly isEnding: boolean
  readonly onEnd: () => void
}

function SessionEntry({ session, isEnding, onEnd }: SessionEntryProps) {
  const { place, created, lastSeen, current } = session
  const device = session.device === '' ? texts.unknownDevice : session.device
  return (
    <Entry
      icon={<Monitor size={20} strokeWidth={1.75} aria-hidden />}
      name={device}
      marks={current && <Mark look="success">{texts.current}</Mark>}
      meta={
        <>
          {place !== '' && <span>{place}</span>}
          <span>
            {texts.lastSeen} <Time value={lastSeen} />
          </span>
          <span>
            {texts.signedIn} <Time value={created} />
          </span>
        </>
      }
      actions={
        current ? undefined : (
          <Button
            size="small"
            isBusy={isEnding}
            aria-label={texts.endNamed({ device })}
            onClick={onEnd}
          >
            {texts.end}
          </Button>
        )
      }
    />
  )
}

interface EndOthersDialogProps extends SessionListProps {
  readonly count: number
  /** True if the session of this tab is among them, which goes on. */
  readonly isOwn: boolean
  readonly onClose: () => void
}

function EndOthersDialog({ collection, recordId, count, isOwn, onClose }: EndOthersDialogProps) {
  const end = useEndOtherSessions(collection, recordId)
  const confirm = (): void => {
    end.mutate(undefined, {
      onSuccess: () => {
        onClose()
        showToast({ text: texts.manyEnded })
      },
    })
  }
  return (
    <ConfirmDialog
      title={isOwn ? texts.endOthersTitle : texts.endAllTitle}
      action={isOwn ? texts.endOthers : texts.endAll}
      isBusy={end.isPending}
      onConfirm={confirm}
      onClose={onClose}
    >
      {end.error !== null && (
        <FailureNote title={texts.notEnded} failure={readFailure(end.error)} />
      )}
      <p>{texts.endMany({ count })}</p>
      <p>{texts.endLinks}</p>
    </ConfirmDialog>
  )
}
