import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { CollectionModel } from 'pocketbase'
import { useState } from 'react'
import { useCollections } from '#dashboard/api/collections.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { useCreateWebhook } from '#dashboard/api/webhooks.ts'
import { useDraft } from '#dashboard/shell/draft/use-draft.ts'
import { ScreenHeader, TextColumn } from '#dashboard/shell/screen.tsx'
import { t } from '#dashboard/text/webhook-texts.ts'
import { buttonClass } from '#dashboard/ui/button.tsx'
import { EmptyState, FailureNote, Skeleton } from '#dashboard/ui/states.tsx'
import { SecretDialog } from './secret-dialog.tsx'
import { WebhookForm } from './webhook-form.tsx'
import { bodyOf, newWebhook, valueOf, withoutHeaders } from './webhook-value.ts'

const { webhooks: text } = t
const route = getRouteApi('/inside/webhooks/new')

/** Makes a webhook. Its secret is shown once afterwards. */
export function NewWebhookScreen() {
  const { data, error, refetch } = useCollections()
  const collections = data?.filter(({ type }) => type !== 'view')
  return (
    <>
      <ScreenHeader title={text.newTitle} />
      {error !== null && data === undefined && (
        <TextColumn>
          <FailureNote
            title={t.schema.unreadable}
            failure={readFailure(error)}
            onRetry={() => void refetch()}
          />
        </TextColumn>
      )}
      {collections === undefined && error === null && <Skeleton lines={10} />}
      {collections?.length === 0 && (
        <EmptyState
          title={text.noCollections}
          actions={
            <Link to="/c/new" className={buttonClass()}>
              {text.newCollection}
            </Link>
          }
        >
          <p>{text.noCollectionsText}</p>
        </EmptyState>
      )}
      {collections !== undefined && collections.length > 0 && <Form collections={collections} />}
    </>
  )
}

function Form({ collections }: { readonly collections: readonly CollectionModel[] }) {
  const search = route.useSearch()
  const navigate = useNavigate()
  const create = useCreateWebhook()
  const [first] = useState(() => {
    const own = collections.filter(({ system }) => !system)
    const wanted = collections.find(({ name }) => name === search.collection)
    return newWebhook((wanted ?? own[0] ?? collections[0])?.name ?? '')
  })
  const draft = useDraft({
    address: '/webhooks/new',
    base: first,
    forStorage: withoutHeaders,
    save: async (value) => valueOf(await create.mutateAsync(bodyOf(value))),
  })
  const { data } = create
  return (
    <>
      <WebhookForm
        draft={draft}
        collections={collections}
        action={text.create}
        isNew
        onSave={() => void draft.save()}
      />
      {data !== undefined && (
        <SecretDialog
          secret={data.secret}
          onClose={() => {
            create.reset()
            void navigate({ to: '/webhooks/$webhook', params: { webhook: data.id } })
          }}
        />
      )}
    </>
  )
}
