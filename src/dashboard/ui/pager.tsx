import type { ReactNode } from 'react'
import { t } from '#dashboard/text/t.ts'
import { Button } from './button.tsx'
import styles from './pager.module.css'

interface PagerProps {
  readonly label: string
  readonly page: number
  readonly totalPages: number
  readonly onPage: (page: number) => void
  /** Before the buttons, such as the number of entries. */
  readonly children?: ReactNode
}

/** Steps through the pages of a list whose first page has the newest entries. */
export function Pager({ label, page, totalPages, onPage, children }: PagerProps) {
  return (
    <nav className={styles.pager} aria-label={label}>
      <span>{children}</span>
      {page > 1 && (
        <Button size="small" onClick={() => onPage(page - 1)}>
          {t.general.newer}
        </Button>
      )}
      {page < totalPages && (
        <Button size="small" onClick={() => onPage(page + 1)}>
          {t.general.older}
        </Button>
      )}
    </nav>
  )
}
