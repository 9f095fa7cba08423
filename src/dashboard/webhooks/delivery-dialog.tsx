import { Link } from '@tanstack/react-router'
import { RotateCcw } from 'lucide-react'
import { readFailure } from '#dashboard/api/failure.ts'
import { type Delivery, useDelivery, useReplayOne, type Webhook } from '#dashboard/api/webhooks.ts'
import { formatMilliseconds, formatNumber } from '#dashboard/text/format.ts'
import { t } from '#dashboard/text/webhook-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { CopyButton } from '#dashboard/ui/copy-button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { FailureNote, Note, Skeleton } from '#dashboard/ui/states.tsx'
import { Time } from '#dashboard/ui/time.tsx'
import { DeliveryMark } from './delivery-table.tsx'
import { CodeBox } from './payload-preview-view.tsx'
import styles from './webhooks.module.css'

const { delivery: text } = t.webhooks

interface DialogProps {
  readonly webhook: Webhook
  readonly id: string
  readonly onClose: () => void
}

/** One delivery with the body of its request and the answer, and a way to send it again. */
export function DeliveryDialog({ webhook, id, onClose }: DialogProps) {
  const { data, error, refetch } = useDelivery(webhook.id, id)
  const replay = useReplayOne(webhook.id)
  return (
    <Dialog
      title={text.title}
      width="wide"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t.general.close}</Button>
          {data !== undefined && (
            <Button icon={RotateCcw} isBusy={replay.isPending} onClick={() => replay.mutate(id)}>
              {text.replay}
            </Button>
          )}
        </>
      }
    >
      <div className={styles.section}>
        {error !== null && (
          <FailureNote
            title={text.unreadable}
            failure={readFailure(error)}
            onRetry={() => void refetch()}
          />
        )}
        {replay.error !== null && (
          <FailureNote title={text.notReplayed} failure={readFailure(replay.error)} />
        )}
        {replay.isSuccess && (
          <Note look="success" role="status">
            {webhook.enabled ? text.replayed : t.webhooks.replay.whileOff}
          </Note>
        )}
        {data === undefined ? (
          error === null && <Skeleton lines={8} />
        ) : (
          <Details delivery={data} webhook={webhook} />
        )}
      </div>
    </Dialog>
  )
}

interface DetailsProps {
  readonly delivery: Delivery & { readonly body: string }
  readonly webhook: Webhook
}

function Details({ delivery, webhook }: DetailsProps) {
  const { id, type, record, state, attempts, next, status, error, answer, body } = delivery
  return (
    <>
      <p className={styles.marks}>
        <DeliveryMark state={state} /> <code>{type}</code>
      </p>
      <dl className={styles.facts}>
        <dt>{text.id}</dt>
        <dd>{id}</dd>
        <dt>{text.record}</dt>
        <dd>
          <Link
            to="/c/$collection/$record"
            params={{ collection: webhook.collection, record }}
            preload={false}
          >
            {record}
          </Link>
        </dd>
        <dt>{text.created}</dt>
        <dd>
          <Time value={delivery.created} />
        </dd>
        <dt>{text.attempts}</dt>
        <dd>{formatNumber(attempts)}</dd>
        {attempts > 0 && (
          <>
            <dt>{text.lastAttempt}</dt>
            <dd>
              <Time value={delivery.attempted} />
            </dd>
            <dt>{text.status}</dt>
            <dd>{status > 0 ? status : t.webhooks.deliveries.noAnswer}</dd>
            <dt>{text.took}</dt>
            <dd>{formatMilliseconds(delivery.tookMs)}</dd>
          </>
        )}
        {error !== '' && (
          <>
            <dt>{text.error}</dt>
            <dd>{error}</dd>
          </>
        )}
        {next !== '' && (
          <>
            <dt>{text.nextAttempt}</dt>
            <dd>
              <Time value={next} />
            </dd>
          </>
        )}
      </dl>
      {answer !== '' && (
        <>
          <h3>{text.answer}</h3>
          <CodeBox label={text.answer} code={answer} />
        </>
      )}
      <div className={styles.codeHead}>
        <h3>{text.body}</h3>
        {body !== '' && <CopyButton text={body} label={text.copyBody} />}
      </div>
      {body === '' ? (
        <p className={styles.muted}>{text.bodyMissing}</p>
      ) : (
        <CodeBox label={text.body} code={inLines(body)} />
      )}
    </>
  )
}

function inLines(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
