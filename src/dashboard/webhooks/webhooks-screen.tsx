import { Link, useNavigate } from '@tanstack/react-router'
import { Plus, Webhook as WebhookIcon } from 'lucide-react'
import { readFailure } from '#dashboard/api/failure.ts'
import { useWebhooks, type Webhook } from '#dashboard/api/webhooks.ts'
import { ScreenHeader, TextColumn } from '#dashboard/shell/screen.tsx'
import { useShortcuts } from '#dashboard/shell/shortcuts.ts'
import { t } from '#dashboard/text/webhook-texts.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { EmptyState, FailureNote, Mark, Skeleton } from '#dashboard/ui/states.tsx'
import { Time } from '#dashboard/ui/time.tsx'
import { StateMark } from './webhook-state.tsx'
import styles from './webhooks.module.css'

const { webhooks: text } = t

/** All webhooks with their states. */
export function WebhooksScreen() {
  const { data, error, refetch } = useWebhooks()
  const navigate = useNavigate()
  const add = (): void => void navigate({ to: '/webhooks/new' })
  useShortcuts([{ keys: 'n', label: text.add, run: add }])
  return (
    <>
      <ScreenHeader
        title={text.title}
        actions={
          <Button look="primary" icon={Plus} shortcut="n" onClick={add}>
            {text.add}
          </Button>
        }
      />
      {error !== null && (
        <TextColumn>
          <FailureNote
            title={text.unreadable}
            failure={readFailure(error)}
            onRetry={() => void refetch()}
          />
        </TextColumn>
      )}
      {data === undefined && error === null && <Skeleton lines={6} />}
      {data?.length === 0 && (
        <EmptyState
          title={text.emptyTitle}
          actions={
            <Button icon={Plus} onClick={add}>
              {text.add}
            </Button>
          }
        >
          <p>{text.empty}</p>
        </EmptyState>
      )}
      {data !== undefined && data.length > 0 && (
        <TextColumn>
          <ul className={styles.list} aria-label={text.list}>
            {data.map((webhook) => (
              <WebhookEntry key={webhook.id} webhook={webhook} />
            ))}
          </ul>
        </TextColumn>
      )}
    </>
  )
}

function WebhookEntry({ webhook }: { readonly webhook: Webhook }) {
  const { id, name, url, collection, events, waiting, dead, paused, lastSuccess } = webhook
  const words = events.map((event) => text.events[event] ?? event).join(', ')
  return (
    <li className={styles.entry}>
      <WebhookIcon size={20} strokeWidth={1.75} aria-hidden />
      <div className={styles.entryText}>
        <div className={styles.entryName}>
          <Link to="/webhooks/$webhook" params={{ webhook: id }}>
            {name === '' ? text.untitled : name}
          </Link>
          <StateMark state={webhook.state} />
        </div>
        <span className={styles.url}>{url}</span>
        <div className={styles.meta}>
          <span>{text.subscribed({ collection, events: words })}</span>
          <span>
            {lastSuccess === '' ? (
              text.never
            ) : (
              <>
                {text.lastSuccess} <Time value={lastSuccess} />
              </>
            )}
          </span>
        </div>
      </div>
      <div className={styles.marks}>
        {waiting > 0 && <Mark>{text.waiting({ count: waiting })}</Mark>}
        {paused > 0 && <Mark look="warning">{text.pausedCount({ count: paused })}</Mark>}
        {dead > 0 && <Mark look="danger">{text.dead({ count: dead })}</Mark>}
      </div>
    </li>
  )
}
