import { Link, useNavigate } from '@tanstack/react-router'
import { Ellipsis, KeyRound, Send, Trash2 } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { readFailure } from '#dashboard/api/failure.ts'
import {
  useDeleteWebhook,
  useTestWebhook,
  useWebhook,
  type Webhook,
} from '#dashboard/api/webhooks.ts'
import { ScreenHeader, TextColumn } from '#dashboard/shell/screen.tsx'
import { t } from '#dashboard/text/webhook-texts.ts'
import { Button, buttonClass, IconButton } from '#dashboard/ui/button.tsx'
import { ConfirmDialog } from '#dashboard/ui/dialog.tsx'
import { Menu } from '#dashboard/ui/menu.tsx'
import { PageLinks } from '#dashboard/ui/page-links.tsx'
import { EmptyState, FailureNote, Note, Skeleton } from '#dashboard/ui/states.tsx'
import { showToast } from '#dashboard/ui/toast.tsx'
import { RotateDialog } from './rotate-dialog.tsx'
import { StateMark, StateNote } from './webhook-state.tsx'
import styles from './webhooks.module.css'

const { webhooks: text } = t

interface PageProps {
  readonly id: string
  readonly page: 'deliveries' | 'edit'
  readonly children: (webhook: Webhook) => ReactNode
}

/** The frame of the pages of a webhook: its name, state and actions. */
export function WebhookPage({ id, page, children }: PageProps) {
  const { data, error, refetch } = useWebhook(id)
  if (data !== undefined) {
    return (
      <>
        <WebhookHeader webhook={data} page={page} />
        {children(data)}
      </>
    )
  }
  return (
    <>
      <ScreenHeader title={text.title} />
      {error === null ? (
        <Skeleton lines={8} />
      ) : readFailure(error).status === 404 ? (
        <EmptyState
          title={text.notFoundTitle}
          actions={
            <Link to="/webhooks" className={buttonClass()}>
              {text.all}
            </Link>
          }
        >
          <p>{text.notFound}</p>
        </EmptyState>
      ) : (
        <TextColumn>
          <FailureNote
            title={text.unreadable}
            failure={readFailure(error)}
            onRetry={() => void refetch()}
          />
        </TextColumn>
      )}
    </>
  )
}

function WebhookHeader({ webhook, page }: { readonly webhook: Webhook } & Pick<PageProps, 'page'>) {
  const { id, name, url, state } = webhook
  const [asked, setAsked] = useState<'rotate' | 'delete'>()
  const test = useTestWebhook(id)
  const path = `/webhooks/${id}`
  const close = (): void => setAsked(undefined)
  return (
    <>
      <ScreenHeader
        title={name === '' ? text.untitled : name}
        after={<StateMark state={state} />}
        actions={
          <>
            <Button icon={Send} isBusy={test.isPending} onClick={() => test.mutate()}>
              {text.test}
            </Button>
            <Menu
              label={text.actions}
              items={[
                { label: text.rotate, icon: KeyRound, onSelect: () => setAsked('rotate') },
                {},
                {
                  label: text.delete,
                  icon: Trash2,
                  look: 'danger',
                  onSelect: () => setAsked('delete'),
                },
              ]}
              trigger={(trigger) => (
                <IconButton {...trigger} look="secondary" icon={Ellipsis} label={text.actions} />
              )}
            />
          </>
        }
      />
      <p className={styles.target}>{url}</p>
      <PageLinks
        label={text.pagesLabel}
        current={page === 'edit' ? `${path}/edit` : path}
        pages={[
          { to: path, label: text.pages.deliveries },
          { to: `${path}/edit`, label: text.pages.edit },
        ]}
      />
      <div className={styles.notes}>
        <StateNote webhook={webhook} />
        {test.error !== null && (
          <FailureNote title={text.testNotSent} failure={readFailure(test.error)} />
        )}
        {test.data !== undefined && <TestResult {...test.data} />}
      </div>
      {asked === 'rotate' && <RotateDialog id={id} onClose={close} />}
      {asked === 'delete' && <DeleteDialog webhook={webhook} onClose={close} />}
    </>
  )
}

interface TestProps {
  readonly status: number
  readonly tookMs: number
  readonly error: string
}

function TestResult({ status, tookMs: ms, error }: TestProps) {
  if (error === '') {
    return (
      <Note look="success" role="status">
        {text.tested({ status, ms })}
      </Note>
    )
  }
  return (
    <Note look="danger" role="alert">
      <strong>{text.testFailed}</strong>
      <span>{text.testStatus({ status, ms })}</span>
      <code>{error}</code>
    </Note>
  )
}

interface DialogProps {
  readonly webhook: Webhook
  readonly onClose: () => void
}

function DeleteDialog({ webhook, onClose }: DialogProps) {
  const { id, name, waiting, paused } = webhook
  const remove = useDeleteWebhook(id)
  const navigate = useNavigate()
  const confirm = (): void =>
    remove.mutate(undefined, {
      onSuccess: () => {
        showToast({ text: text.deleted })
        void navigate({ to: '/webhooks', ignoreBlocker: true })
      },
    })
  return (
    <ConfirmDialog
      title={text.deleteTitle({ name: name === '' ? text.untitled : name })}
      action={text.delete}
      isBusy={remove.isPending}
      onConfirm={confirm}
      onClose={onClose}
    >
      {remove.error !== null && (
        <FailureNote title={text.notDeleted} failure={readFailure(remove.error)} />
      )}
      <p>{text.deleteText({ count: waiting + paused })}</p>
    </ConfirmDialog>
  )
}
