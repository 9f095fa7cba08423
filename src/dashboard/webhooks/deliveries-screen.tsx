import { getRouteApi } from '@tanstack/react-router'
import { RefreshCw, RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { readFailure } from '#dashboard/api/failure.ts'
import { keys } from '#dashboard/api/keys.ts'
import { queryClient } from '#dashboard/api/query-client.ts'
import { useDeliveries, type Webhook } from '#dashboard/api/webhooks.ts'
import { useShortcuts } from '#dashboard/shell/shortcuts.ts'
import { t } from '#dashboard/text/webhook-texts.ts'
import { Button, IconButton } from '#dashboard/ui/button.tsx'
import { Field, optionsFrom, Select } from '#dashboard/ui/field.tsx'
import { Pager } from '#dashboard/ui/pager.tsx'
import { EmptyState, FailureNote, Skeleton } from '#dashboard/ui/states.tsx'
import { DeliveryDialog } from './delivery-dialog.tsx'
import { DeliveryTable } from './delivery-table.tsx'
import { MomentInput } from '#dashboard/fields/moment-input.tsx'
import { ReplayDialog } from './replay-dialog.tsx'
import { WebhookPage } from './webhook-page.tsx'
import styles from './webhooks.module.css'

const { deliveries: text } = t.webhooks
const route = getRouteApi('/inside/webhooks/$webhook')
const states = { '': text.anyState, ...text.states }

/** The log of a webhook. */
export function DeliveriesScreen() {
  const { webhook: id } = route.useParams()
  return (
    <WebhookPage id={id} page="deliveries">
      {(webhook) => <Deliveries key={id} webhook={webhook} />}
    </WebhookPage>
  )
}

function Deliveries({ webhook }: { readonly webhook: Webhook }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const [isReplaying, setReplaying] = useState(false)
  const state = (Object.keys(text.states) as (keyof typeof text.states)[]).find(
    (each) => each === search.state,
  )
  const range = { state: state ?? '', since: search.since ?? '', until: search.until ?? '' }
  const page = Math.max(1, Number.parseInt(search.page ?? '1', 10) || 1)
  const { data, error, refetch } = useDeliveries(webhook.id, range, page)
  const isFiltered = range.state !== '' || range.since !== '' || range.until !== ''
  const change = (changes: Partial<typeof search>): void =>
    void navigate({ search: { ...search, page: '', ...changes } })
  const refresh = (): void => void queryClient.invalidateQueries({ queryKey: keys.webhooks })
  useShortcuts([{ keys: 'r', label: text.refresh, run: refresh }])
  const clear = (
    <Button onClick={() => change({ state: '', since: '', until: '' })}>{text.clear}</Button>
  )
  return (
    <>
      <div className={styles.controls}>
        <Field label={text.state}>
          {(control) => (
            <Select<keyof typeof states>
              {...control}
              value={state ?? ''}
              options={optionsFrom(states)}
              onChange={(chosen) => change({ state: chosen })}
            />
          )}
        </Field>
        <MomentInput
          label={text.since}
          value={range.since}
          onChange={(since) => change({ since })}
        />
        <MomentInput
          label={text.until}
          value={range.until}
          onChange={(until) => change({ until })}
        />
        <div className={styles.acts}>
          <Button icon={RotateCcw} onClick={() => setReplaying(true)}>
            {t.webhooks.replay.open}
          </Button>
          <IconButton
            icon={RefreshCw}
            look="secondary"
            label={text.refresh}
            shortcut="r"
            onClick={refresh}
          />
        </div>
      </div>
      {error !== null ? (
        <div className={styles.notes}>
          <FailureNote
            title={text.unreadable}
            failure={readFailure(error)}
            onRetry={() => void refetch()}
          />
        </div>
      ) : data === undefined ? (
        <Skeleton lines={8} />
      ) : data.items.length === 0 ? (
        isFiltered ? (
          <EmptyState title={text.noMatchTitle} actions={clear} />
        ) : (
          <EmptyState title={text.emptyTitle}>
            <p>{text.empty}</p>
          </EmptyState>
        )
      ) : (
        <>
          <DeliveryTable webhook={webhook} items={data.items} search={search} />
          <div className={styles.pager}>
            <Pager
              label={text.pages}
              page={page}
              totalPages={data.totalPages}
              onPage={(next) => change({ page: String(next) })}
            >
              {text.total({ count: data.totalItems })}
            </Pager>
          </div>
        </>
      )}
      {search.delivery !== undefined && (
        <DeliveryDialog
          webhook={webhook}
          id={search.delivery}
          onClose={() => void navigate({ search: { ...search, delivery: '' } })}
        />
      )}
      {isReplaying && (
        <ReplayDialog webhook={webhook} range={range} onClose={() => setReplaying(false)} />
      )}
    </>
  )
}
