import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { describeFailure, type Failure } from '#dashboard/api/failure.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from './button.tsx'
import { classNames } from './class-names.ts'
import { CopyButton } from './copy-button.tsx'
import styles from './states.module.css'

interface EmptyStateProps {
  /** The missing content. */
  readonly title: string
  /** The reason why it is empty, and what to do. */
  readonly children?: ReactNode
  /** One or two actions. */
  readonly actions?: ReactNode
}

/** The state of a list without entries. It always offers a next step. */
export function EmptyState({ title, children, actions }: EmptyStateProps) {
  return (
    <div className={styles.empty}>
      <h2>{title}</h2>
      {children}
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </div>
  )
}

const noteIcons = { info: Info, success: CircleCheck, warning: TriangleAlert, danger: CircleAlert }

interface NoteProps {
  readonly look?: keyof typeof noteIcons
  readonly children: ReactNode
  /** An error in response to an action interrupts; other notes are read in order. */
  readonly role?: 'alert' | 'status'
}

/** A box with an icon for important information. */
export function Note({ look = 'info', children, role }: NoteProps) {
  const Icon = noteIcons[look]
  return (
    <div className={classNames(styles.note, look !== 'info' && styles[look])} role={role}>
      <Icon size={16} strokeWidth={1.75} aria-hidden />
      <div>{children}</div>
    </div>
  )
}

interface FailureNoteProps {
  /** The failed action: "The records could not be read." */
  readonly title: string
  readonly failure: Failure
  readonly onRetry?: () => void
}

/** Shows what failed and why, and offers a retry. Status and request id are collapsed. */
export function FailureNote({ title, failure, onRetry }: FailureNoteProps) {
  const { status, requestId } = failure
  return (
    <Note look="danger" role="alert">
      <strong>{title}</strong>
      <span>{describeFailure(failure)}</span>
      {onRetry !== undefined && (
        <span>
          <Button size="small" onClick={onRetry}>
            {t.general.retry}
          </Button>
        </span>
      )}
      {status > 0 && (
        <details className={styles.details}>
          <summary>{t.general.details}</summary>
          <dl>
            <dt>{t.general.status}</dt>
            <dd>{status}</dd>
            {requestId !== undefined && (
              <>
                <dt>{t.general.requestId}</dt>
                <dd>{requestId}</dd>
              </>
            )}
          </dl>
          <CopyButton text={JSON.stringify(failure, null, 2)} label={t.general.copyDetails} />
        </details>
      )}
    </Note>
  )
}

/** Placeholder lines while loading. Nothing shows for the first 150 ms. */
export function Skeleton({ lines = 6 }: { readonly lines?: number }) {
  return (
    <div className={styles.skeleton} aria-busy="true" aria-label={t.general.loading} role="status">
      {Array.from({ length: lines }, (_, index) => (
        <div
          key={index}
          className={styles.bone}
          style={{ width: `${[72, 94, 58, 83, 66, 90][index % 6]}%` }}
        />
      ))}
    </div>
  )
}

interface MarkProps {
  readonly look?: 'neutral' | 'accent' | 'success' | 'warning' | 'danger'
  readonly children: ReactNode
}

/** A small label: a state, a property. Its text says everything; the colour only repeats it. */
export function Mark({ look = 'neutral', children }: MarkProps) {
  return (
    <span className={classNames(styles.mark, look !== 'neutral' && styles[look])}>{children}</span>
  )
}

/** The two-letter mark of a field type. */
export function TypeMark({ letters }: { readonly letters: string }) {
  return (
    <span className={styles.type} aria-hidden>
      {letters}
    </span>
  )
}
