import { readFailure } from '#dashboard/api/failure.ts'
import { useUpdateWebhook, type Webhook } from '#dashboard/api/webhooks.ts'
import { t } from '#dashboard/text/webhook-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { FailureNote, Mark, Note } from '#dashboard/ui/states.tsx'
import { Time } from '#dashboard/ui/time.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'

const { webhooks: text } = t

const looks = {
  active: 'success',
  failing: 'danger',
  paused: 'warning',
  off: 'neutral',
} as const

/** The state of a webhook in a word. */
export function StateMark({ state }: Pick<Webhook, 'state'>) {
  return <Mark look={looks[state]}>{text.states[state]}</Mark>
}

/** The reason why a webhook does not simply work, and a way out. Nothing while it does. */
export function StateNote({ webhook }: { readonly webhook: Webhook }) {
  const { id, state, reason, failingSince, enabled } = webhook
  const update = useUpdateWebhook(id)
  if (state === 'active') return null
  const isBad = reason !== '' || state === 'failing'
  return (
    <>
      <Note look={isBad ? 'warning' : 'info'}>
        <strong>{text.stateTitles[state]}</strong>
        {failingSince !== '' && (
          <span>
            {text.failingSince} <Time value={failingSince} />.
          </span>
        )}
        <span>{reasonOf(webhook)}</span>
        {!enabled && (
          <span>
            <Button
              size="small"
              isBusy={update.isPending}
              onClick={() =>
                update.mutate(
                  { enabled: true },
                  { onSuccess: () => showToast({ text: text.turnedOn }) },
                )
              }
            >
              {text.turnOn}
            </Button>
          </span>
        )}
      </Note>
      {update.error !== null && (
        <FailureNote title={text.notTurnedOn} failure={withReason(update.error)} />
      )}
    </>
  )
}

function reasonOf({ state, reason }: Webhook): string {
  const known = new Map(Object.entries(text.reasons)).get(reason)
  if (known !== undefined) return known
  if (reason !== '') return reason
  if (state === 'failing') return text.failingEnd
  return state === 'off' ? text.offByHand : text.pausedByReceiver
}

/** There is no form here, so the error of a field stands in the message. */
function withReason(error: Error) {
  const failure = readFailure(error)
  const [first] = failure.fields.values()
  return first === undefined ? failure : { ...failure, message: first }
}
