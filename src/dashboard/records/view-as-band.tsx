import { Eye } from 'lucide-react'
import { endViewAs, type Viewer } from '#dashboard/api/view-as.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import styles from './view-as-band.module.css'

/** Says as which account the records are viewed, and ends it. */
export function ViewAsBand({ viewer }: { readonly viewer: Viewer }) {
  return (
    <section className={styles.band} aria-label={t.records.viewAs.title}>
      <Eye size={16} strokeWidth={1.75} aria-hidden />
      <span role="status">
        {t.records.viewAs.band({ label: viewer.label, collection: viewer.collection })}
      </span>
      <Button size="small" onClick={() => void endViewAs()}>
        {t.records.viewAs.end}
      </Button>
    </section>
  )
}
