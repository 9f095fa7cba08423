import { useState } from 'react'
import { readFailure } from '#dashboard/api/failure.ts'
import {
  type DeliveryRange,
  useReplay,
  useReplayCount,
  type Webhook,
} from '#dashboard/api/webhooks.ts'
import { t } from '#dashboard/text/webhook-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Dialog } from '#dashboard/ui/dialog.tsx'
import { Field, optionsFrom, Select } from '#dashboard/ui/field.tsx'
import { FailureNote, Note } from '#dashboard/ui/states.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import { MomentInput } from '#dashboard/fields/moment-input.tsx'
import styles from './webhooks.module.css'

const { replay: text } = t.webhooks
type Choice = keyof typeof text.choices

interface DialogProps {
  readonly webhook: Webhook
  /** The filter of the log. */
  readonly range: DeliveryRange
  readonly onClose: () => void
}

/** Sends many deliveries again, after saying how many there are. */
export function ReplayDialog({ webhook, range, onClose }: DialogProps) {
  const [choice, setChoice] = useState<Choice>(
    Object.hasOwn(text.choices, range.state) ? (range.state as Choice) : 'failed',
  )
  const [since, setSince] = useState(range.since)
  const [until, setUntil] = useState(range.until)
  const chosen = { state: choice === 'failed' ? '' : choice, since, until }
  const { data: count, error: countError } = useReplayCount(webhook.id, chosen)
  const replay = useReplay(webhook.id)
  const failure = replay.error ?? countError
  const send = (): void =>
    replay.mutate(chosen, {
      onSuccess: (sent) => {
        showToast({ text: text.done(sent) })
        onClose()
      },
    })
  return (
    <Dialog
      title={text.title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t.general.cancel}</Button>
          <Button
            look="primary"
            isBusy={replay.isPending}
            disabledReason={
              count === undefined ? text.counting : count === 0 ? text.none : undefined
            }
            onClick={send}
          >
            {count === undefined ? text.counting : text.action({ count })}
          </Button>
        </>
      }
    >
      <div className={styles.section}>
        {failure !== null && <FailureNote title={text.failed} failure={readFailure(failure)} />}
        {!webhook.enabled && <Note look="warning">{text.whileOff}</Note>}
        <p>{text.text}</p>
        <Field label={text.which}>
          {(control) => (
            <Select
              {...control}
              data-initial-focus
              value={choice}
              options={optionsFrom(text.choices)}
              onChange={setChoice}
            />
          )}
        </Field>
        <div className={styles.pair}>
          <MomentInput
            label={text.since}
            help={text.emptyMeans}
            value={since}
            onChange={setSince}
          />
          <MomentInput
            label={text.until}
            help={text.emptyMeans}
            value={until}
            onChange={setUntil}
          />
        </div>
        <p role="status" className={styles.muted}>
          {count === 0 ? text.none : ''}
        </p>
      </div>
    </Dialog>
  )
}
