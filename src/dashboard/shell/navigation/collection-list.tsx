import { Link, useRouterState } from '@tanstack/react-router'
import { ChevronRight, TriangleAlert } from 'lucide-react'
import type { CollectionModel } from 'pocketbase'
import { useId, useState } from 'react'
import { useCollections } from '#dashboard/api/collections.ts'
import { lacksProvider } from '#dashboard/api/oauth2-options.ts'
import { t } from '#dashboard/text/t.ts'
import { CollectionIcon } from '#dashboard/ui/collection-icon.tsx'
import styles from './navigation.module.css'

/** The collections, in groups, with a filter by name, id or type. */
export function CollectionList() {
  const { data = [] } = useCollections()
  const [text, setText] = useState('')
  const found = data.filter((collection) => matches(collection, text))
  const groups = [
    { key: 'own', label: t.shell.groups.own, members: found.filter(isOwn), isOpen: true },
    {
      key: 'views',
      label: t.shell.groups.views,
      members: found.filter(({ type }) => type === 'view'),
      isOpen: true,
    },
    {
      key: 'system',
      label: t.shell.groups.system,
      members: found.filter(isSystem),
      isOpen: text !== '',
    },
  ]
  return (
    <div className={styles.collections}>
      <div className={styles.find}>
        <input
          type="search"
          aria-label={t.shell.filterCollections}
          placeholder={t.shell.filterCollections}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      <div className={styles.scroll}>
        {groups.map(({ key, label, members, isOpen }) => (
          <Group key={`${key}${isOpen}`} label={label} members={members} isOpen={isOpen} />
        ))}
        {text !== '' && found.length === 0 && (
          <p className={styles.none}>{t.shell.noCollectionMatches({ text })}</p>
        )}
      </div>
    </div>
  )
}

interface GroupProps {
  readonly label: string
  readonly members: readonly CollectionModel[]
  readonly isOpen: boolean
}

function Group({ label, members, isOpen: isOpenAtFirst }: GroupProps) {
  const listId = useId()
  const [isOpen, setOpen] = useState(isOpenAtFirst)
  const path = useRouterState({ select: ({ location }) => location.pathname })
  if (members.length === 0) return null
  return (
    <>
      <button
        type="button"
        className={styles.group}
        aria-expanded={isOpen}
        aria-controls={listId}
        onClick={() => setOpen(!isOpen)}
      >
        <ChevronRight size={12} aria-hidden />
        {label}
      </button>
      <ul id={listId} hidden={!isOpen}>
        {members.map(({ id, name, type, oauth2 }) => (
          <li key={id}>
            <Link
              to="/c/$collection"
              params={{ collection: name }}
              className={styles.item}
              title={type === 'auth' && lacksProvider(oauth2) ? t.shell.noProvider : name}
              activeProps={{ 'aria-current': undefined }}
              aria-current={isWithin(path, name) ? 'page' : undefined}
            >
              <CollectionIcon type={type} />
              <span>{name}</span>
              {type === 'auth' && lacksProvider(oauth2) && (
                <>
                  <TriangleAlert
                    className={styles.warning}
                    size={16}
                    strokeWidth={1.75}
                    aria-hidden
                  />
                  <span className="visually-hidden">{t.shell.noProvider}</span>
                </>
              )}
            </Link>
            {isWithin(path, name) && (
              <Link
                to="/c/$collection/schema/$part"
                params={{ collection: name, part: type === 'view' ? 'query' : 'fields' }}
                className={styles.item}
                style={{ paddingInlineStart: 36 }}
              >
                <span>{t.shell.definition}</span>
              </Link>
            )}
          </li>
        ))}
      </ul>
    </>
  )
}

function isWithin(path: string, name: string): boolean {
  return path === `/c/${name}` || path.startsWith(`/c/${name}/`)
}

function isSystem({ system }: CollectionModel): boolean {
  return system
}

function isOwn({ system, type }: CollectionModel): boolean {
  return !system && type !== 'view'
}

function matches({ name, id, type }: CollectionModel, text: string): boolean {
  const wanted = text.trim().toLowerCase()
  return name.toLowerCase().includes(wanted) || id === text.trim() || type === wanted
}
