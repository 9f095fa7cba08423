import type { ErrorComponentProps } from '@tanstack/react-router'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { EmptyState } from '#dashboard/ui/states.tsx'
import { ScreenHeader } from './screen.tsx'

/** Shown in place of a screen that threw. */
export function ErrorScreen({ error }: ErrorComponentProps) {
  return (
    <>
      <ScreenHeader title={t.errors.crashedTitle} />
      <EmptyState
        title={error instanceof Error ? error.message : String(error)}
        actions={<Button onClick={() => location.reload()}>{t.errors.reload}</Button>}
      >
        <p>{t.errors.crashed}</p>
      </EmptyState>
    </>
  )
}
