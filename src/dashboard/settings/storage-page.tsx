import { t } from '#dashboard/text/t.ts'
import { EmptyState } from '#dashboard/ui/states.tsx'

/** Says where files are, since there is nothing to choose. */
export function StoragePage() {
  return (
    <EmptyState title={t.settings.storage.title}>
      <p>{t.settings.storage.text}</p>
    </EmptyState>
  )
}
