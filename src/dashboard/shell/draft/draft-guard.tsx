import { useBlocker } from '@tanstack/react-router'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { ConfirmDialog } from '#dashboard/ui/dialog.tsx'
import { Note } from '#dashboard/ui/states.tsx'
import type { Draft } from './use-draft.ts'

interface GuardProps<Value extends object> {
  readonly draft: Draft<Value>
  /** Addresses that belong to the same form, so going there loses nothing. */
  readonly keeps?: (path: string) => boolean
}

/** Asks before a form with changes is left, and offers what was typed at an earlier visit. */
export function DraftGuard<Value extends object>({ draft, keeps }: GuardProps<Value>) {
  const { isDirty, isSaving, kept } = draft
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ current, next }) =>
      isDirty && !isSaving && current.pathname !== next.pathname && keeps?.(next.pathname) !== true,
    enableBeforeUnload: isDirty,
    withResolver: true,
  })
  return (
    <>
      {status === 'blocked' && (
        <ConfirmDialog
          title={t.drafts.leaveTitle}
          action={t.drafts.leaveAction}
          onConfirm={() => {
            draft.discard()
            proceed()
          }}
          onClose={reset}
        >
          <p>{t.drafts.leave}</p>
        </ConfirmDialog>
      )}
      {kept !== undefined && !isDirty && (
        <Note>
          <span>{t.drafts.kept}</span>
          <span style={{ display: 'flex', gap: 8, flexWrap: 'wrap' }}>
            <Button size="small" onClick={draft.takeKept}>
              {t.drafts.take}
            </Button>
            <Button size="small" look="quiet" onClick={draft.dropKept}>
              {t.drafts.drop}
            </Button>
          </span>
        </Note>
      )}
    </>
  )
}
