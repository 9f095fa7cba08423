import { Link } from '@tanstack/react-router'
import type { CollectionModel } from 'pocketbase'
import { t } from '#dashboard/text/definition-texts.ts'
import { Mark } from '#dashboard/ui/states.tsx'
import { partsOf } from './parts.ts'
import styles from './schema.module.css'

interface TabsProps {
  readonly collection: CollectionModel
  readonly part: string
  readonly errors: ReadonlyMap<string, string>
}

/** Links to the parts of a definition. A part with errors says how many. */
export function SchemaTabs({ collection, part, errors }: TabsProps) {
  return (
    <nav className={styles.tabs} aria-label={t.schema.tabs.label}>
      {partsOf(collection.type).map(({ key, label, owns }) => {
        const count = [...errors.keys()].filter((path) => owns(path.split('.')[0] ?? '')).length
        return (
          <Link
            key={key}
            to="/c/$collection/schema/$part"
            params={{ collection: collection.name, part: key }}
            className={styles.tab}
            activeProps={{ 'aria-current': undefined }}
            aria-current={key === part ? 'page' : undefined}
          >
            {label}
            {count > 0 && <Mark look="danger">{t.schema.errorsIn({ count })}</Mark>}
          </Link>
        )
      })}
    </nav>
  )
}
