import type { CollectionField } from 'pocketbase'
import { useEffect, useRef } from 'react'
import { describeFailure, type Failure } from '#dashboard/api/failure.ts'
import { t } from '#dashboard/text/t.ts'
import { Note } from '#dashboard/ui/states.tsx'
import styles from '#dashboard/records/records.module.css'

interface FailureSummaryProps {
  readonly failure: Failure
  /** The fields that have inputs; errors of others stand here. */
  readonly fields: readonly CollectionField[]
}

/** The reason a save failed, with links to the fields that need attention. It takes the focus. */
export function FailureSummary({ failure, fields }: FailureSummaryProps) {
  const summary = useRef<HTMLDivElement>(null)
  useEffect(() => summary.current?.focus(), [failure])
  const { status, fields: errors } = failure
  const names = [...new Set([...errors.keys()].map((path) => path.split('.')[0] ?? ''))]
  const orphans = [...errors].filter(
    ([path]) => !fields.some(({ name }) => path.split('.')[0] === name),
  )
  const go = (name: string): void => {
    const place = document.querySelector(`[data-field="${CSS.escape(name)}"]`)
    place?.querySelector<HTMLElement>('input, textarea, select, button, [contenteditable]')?.focus()
  }
  return (
    <div ref={summary} data-summary tabIndex={-1}>
      <Note look="danger" role="alert">
        <strong>
          {status === 0 || status >= 500
            ? t.records.saveUnconfirmed
            : t.errors.notSaved({ count: errors.size })}
        </strong>
        {errors.size === 0 && <span>{describeFailure(failure)}</span>}
        <ul className={styles.errors}>
          {names.map((name) => (
            <li key={name}>
              <button type="button" onClick={() => go(name)}>
                {name}
              </button>
            </li>
          ))}
        </ul>
        {orphans.map(([path, message]) => (
          <span key={path}>
            {path}: {message}
          </span>
        ))}
      </Note>
    </div>
  )
}
