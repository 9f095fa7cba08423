import { getRouteApi } from '@tanstack/react-router'
import type { CollectionModel } from 'pocketbase'
import { useCollections } from '#dashboard/api/collections.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { useUpdateWebhook, type Webhook } from '#dashboard/api/webhooks.ts'
import { differentParts } from '#dashboard/shell/draft/same-value.ts'
import { useDraft } from '#dashboard/shell/draft/use-draft.ts'
import { TextColumn } from '#dashboard/shell/screen.tsx'
import { t } from '#dashboard/text/webhook-texts.ts'
import { FailureNote, Skeleton } from '#dashboard/ui/states.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import { WebhookForm } from './webhook-form.tsx'
import { WebhookPage } from './webhook-page.tsx'
import { bodyOf, valueOf, withoutHeaders } from './webhook-value.ts'

const route = getRouteApi('/inside/webhooks/$webhook/edit')

/** The options of a webhook. */
export function EditWebhookScreen() {
  const { webhook: id } = route.useParams()
  const { data, error, refetch } = useCollections()
  return (
    <WebhookPage id={id} page="edit">
      {(webhook) =>
        data !== undefined ? (
          <Form
            key={id}
            webhook={webhook}
            collections={data.filter(({ type }) => type !== 'view')}
          />
        ) : error === null ? (
          <Skeleton lines={10} />
        ) : (
          <TextColumn>
            <FailureNote
              title={t.schema.unreadable}
              failure={readFailure(error)}
              onRetry={() => void refetch()}
            />
          </TextColumn>
        )
      }
    </WebhookPage>
  )
}

interface FormProps {
  readonly webhook: Webhook
  readonly collections: readonly CollectionModel[]
}

function Form({ webhook, collections }: FormProps) {
  const { mutateAsync } = useUpdateWebhook(webhook.id)
  const draft = useDraft({
    address: `/webhooks/${webhook.id}`,
    base: valueOf(webhook),
    forStorage: withoutHeaders,
    save: async (value, base) => {
      const parts = differentParts(base, value)
      const changed = Object.entries(bodyOf(value)).filter(([name]) => parts.includes(name))
      return valueOf(await mutateAsync(Object.fromEntries(changed)))
    },
  })
  const save = async (): Promise<void> => {
    if ((await draft.save()) !== undefined) showToast({ text: t.general.saved })
  }
  return (
    <WebhookForm
      draft={draft}
      collections={collections}
      action={t.webhooks.save}
      isNew={false}
      onSave={() => void save()}
    />
  )
}
