import { X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { readFailure } from '#dashboard/api/failure.ts'
import { useRecord } from '#dashboard/api/records/records.ts'
import { t } from '#dashboard/text/t.ts'
import { Button, IconButton } from '#dashboard/ui/button.tsx'
import { EmptyState, FailureNote, Skeleton } from '#dashboard/ui/states.tsx'
import { copiedValues, formValues } from './form-values.ts'
import type { RecordPanelProps } from './panel-props.ts'
import { RecordForm } from './record-form.tsx'
import styles from '#dashboard/records/records.module.css'

/** A record beside the table: it is read, changed, copied and deleted here. */
export function RecordPanel(props: RecordPanelProps) {
  const { collection, recordId, copyOf, onClose } = props
  const source = recordId ?? copyOf ?? ''
  const { data, error, refetch } = useRecord(collection.name, source)
  const panel = useRef<HTMLElement>(null)
  useEffect(() => {
    panel.current?.querySelector('h2')?.focus()
  }, [source, data === undefined])
  if (source !== '' && data === undefined) {
    return (
      <aside
        ref={panel}
        className={styles.panel}
        aria-label={t.records.newTitle({ name: collection.name })}
      >
        <div className={styles.panelHead}>
          <div className={styles.panelTitle} />
          <IconButton icon={X} label={t.general.close} onClick={onClose} />
        </div>
        {error === null ? (
          <Skeleton lines={8} />
        ) : readFailure(error).status === 404 ? (
          <EmptyState
            title={t.records.missingTitle({ id: source, name: collection.name })}
            actions={<Button onClick={onClose}>{t.records.backToList}</Button>}
          >
            <p>{t.records.missingText}</p>
          </EmptyState>
        ) : (
          <FailureNote
            title={t.records.unreadable}
            failure={readFailure(error)}
            onRetry={() => void refetch()}
          />
        )}
      </aside>
    )
  }
  const record = recordId === undefined ? undefined : data
  const values =
    record === undefined && data !== undefined
      ? copiedValues(collection, data)
      : formValues(collection, record)
  return (
    <RecordForm
      key={`${collection.id} ${recordId ?? `new ${copyOf ?? ''}`}`}
      {...props}
      record={record}
      values={values}
    />
  )
}
