import { Link, useRouterState } from '@tanstack/react-router'
import { Search, X } from 'lucide-react'
import { useDeployment } from '#dashboard/api/deployment.ts'
import { t } from '#dashboard/text/t.ts'
import { IconButton } from '#dashboard/ui/button.tsx'
import { Mark } from '#dashboard/ui/states.tsx'
import { AccountMenu } from './account-menu.tsx'
import { areaOf, areas } from './areas.ts'
import { CollectionList } from './collection-list.tsx'
import styles from './navigation.module.css'
import { keysText } from '#dashboard/shell/shortcuts.ts'

interface NavigationProps {
  readonly onSearch: () => void
  /** Set if the navigation covers the content. */
  readonly onClose?: () => void
}

/** The application's name, the search, the areas, the collections and the account. */
export function Navigation({ onSearch, onClose }: NavigationProps) {
  const { appName, environment } = useDeployment()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const current = areaOf(path)
  return (
    <>
      <div className={styles.top}>
        <span className={styles.name} title={appName}>
          {appName}
        </span>
        {environment !== undefined && <Mark>{environment.name}</Mark>}
        {onClose !== undefined && (
          <IconButton icon={X} label={t.shell.closeNavigation} onClick={onClose} />
        )}
      </div>
      <button type="button" className={styles.search} onClick={onSearch}>
        <Search size={16} strokeWidth={1.75} aria-hidden />
        {t.shell.search}
        <kbd aria-hidden>{keysText('Mod+K')}</kbd>
      </button>
      <nav aria-label={t.shell.navigation} className={styles.nav}>
        <ul className={styles.areas}>
          {areas.map((area) => (
            <li key={area.to}>
              <Link
                to={area.to}
                className={styles.link}
                activeProps={{ 'aria-current': undefined }}
                aria-current={area === current ? 'true' : undefined}
                title={keysText(`g ${area.chord}`)}
              >
                <area.icon size={20} strokeWidth={1.75} aria-hidden />
                {area.label}
              </Link>
            </li>
          ))}
        </ul>
        <CollectionList />
      </nav>
      <div className={styles.foot}>
        <AccountMenu />
      </div>
    </>
  )
}
