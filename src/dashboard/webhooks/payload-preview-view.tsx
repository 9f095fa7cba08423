import type { CollectionModel } from 'pocketbase'
import { useState } from 'react'
import { readFailure } from '#dashboard/api/failure.ts'
import { useNewestRecord } from '#dashboard/api/webhooks.ts'
import { t } from '#dashboard/text/webhook-texts.ts'
import { FailureNote, Skeleton } from '#dashboard/ui/states.tsx'
import { payloadPreview } from './payload-preview.ts'
import type { WebhookValue } from './webhook-value.ts'
import styles from './webhooks.module.css'

const { form: text } = t.webhooks

interface PreviewProps {
  readonly value: Pick<WebhookValue, 'payload' | 'fields'>
  readonly collection: CollectionModel
}

/** The body for a real record, read when it is opened. */
export function PayloadPreview(props: PreviewProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{text.preview}</summary>
      {isOpen && <Preview {...props} />}
    </details>
  )
}

function Preview({ value, collection }: PreviewProps) {
  const { data, error, refetch } = useNewestRecord(collection.name)
  if (error !== null) {
    return (
      <FailureNote
        title={text.previewFailed}
        failure={readFailure(error)}
        onRetry={() => void refetch()}
      />
    )
  }
  if (data === undefined) return <Skeleton lines={4} />
  if (data === null) return <p className={styles.muted}>{text.previewNone}</p>
  return (
    <>
      <p className={styles.muted}>{text.previewOf}</p>
      <CodeBox label={text.preview} code={payloadPreview(value, collection, data)} />
    </>
  )
}

/** Code to read, in a box that scrolls. */
export function CodeBox({ label, code }: { readonly label: string; readonly code: string }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by the keyboard
    <pre className={styles.code} role="region" aria-label={label} tabIndex={0}>
      {code}
    </pre>
  )
}
