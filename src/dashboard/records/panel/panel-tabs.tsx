import { Link } from '@tanstack/react-router'
import { t } from '#dashboard/text/t.ts'
import { Mark } from '#dashboard/ui/states.tsx'
import styles from './panel-tabs.module.css'

/** A part of a record's panel. */
export type PanelTab = 'fields' | 'references' | 'account'

interface PanelTabsProps {
  readonly tabs: readonly PanelTab[]
  readonly current: PanelTab
  /** The number of errors in each part. */
  readonly errors: Readonly<Partial<Record<PanelTab, number>>>
}

/** Links to the parts of a panel; the address has the one that is shown. */
export function PanelTabs({ tabs, current, errors }: PanelTabsProps) {
  return (
    <nav className={styles.tabs} aria-label={t.records.tabs.label}>
      {tabs.map((tab) => {
        const count = errors[tab] ?? 0
        return (
          <Link
            key={tab}
            to="."
            search={(search) => ({ ...search, tab: tab === 'fields' ? undefined : tab })}
            replace
            className={styles.tab}
            activeOptions={{ exact: true, includeSearch: true, explicitUndefined: true }}
            data-current={tab === current}
          >
            {t.records.tabs[tab]}
            {count > 0 && <Mark look="danger">{t.records.errorsIn({ count })}</Mark>}
          </Link>
        )
      })}
    </nav>
  )
}
