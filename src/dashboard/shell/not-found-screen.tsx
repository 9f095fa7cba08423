import { Link } from '@tanstack/react-router'
import { t } from '#dashboard/text/t.ts'
import { buttonClass } from '#dashboard/ui/button.tsx'
import { EmptyState } from '#dashboard/ui/states.tsx'

/** Shown at a path without a screen. */
export function NotFoundScreen() {
  return (
    <EmptyState
      title={t.errors.notFoundTitle}
      actions={
        <Link to="/" className={buttonClass()}>
          {t.errors.goHome}
        </Link>
      }
    >
      <p>{t.errors.notFound}</p>
    </EmptyState>
  )
}
