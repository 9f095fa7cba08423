import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { Note } from '#dashboard/ui/states.tsx'

/** Offers a reload after a deployment has removed parts of this dashboard. */
export function OutdatedNote() {
  return (
    <Note look="warning" role="alert">
      <strong>{t.errors.outdatedTitle}</strong>
      <span>{t.errors.outdated}</span>
      <span>
        <Button size="small" onClick={() => location.reload()}>
          {t.errors.reload}
        </Button>
      </span>
    </Note>
  )
}
