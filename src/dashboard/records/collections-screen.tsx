import { Link } from '@tanstack/react-router'
import type { CollectionModel } from 'pocketbase'
import { useCollections } from '#dashboard/api/collections.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { ScreenHeader, TextColumn } from '#dashboard/shell/screen.tsx'
import { t } from '#dashboard/text/t.ts'
import { buttonClass } from '#dashboard/ui/button.tsx'
import { CollectionIcon } from '#dashboard/ui/collection-icon.tsx'
import { LinkList, LinkListEntry } from '#dashboard/ui/link-list.tsx'
import { FailureNote, Skeleton } from '#dashboard/ui/states.tsx'

/** All collections of this deployment, system collections last. */
export function CollectionsScreen() {
  const { data, error, refetch } = useCollections()
  return (
    <>
      <ScreenHeader
        title={t.shell.areas.collections}
        actions={
          <Link to="/c/new" className={buttonClass('primary')}>
            {t.shell.newCollection}
          </Link>
        }
      />
      <TextColumn>
        {error !== null && (
          <FailureNote
            title={t.home.unreadable}
            failure={readFailure(error)}
            onRetry={() => void refetch()}
          />
        )}
        {data === undefined ? (
          error === null && <Skeleton />
        ) : (
          <>
            <Group
              title={t.shell.groups.own}
              collections={data.filter(({ system, type }) => !system && type !== 'view')}
            />
            <Group
              title={t.shell.groups.views}
              collections={data.filter(({ system, type }) => !system && type === 'view')}
            />
            <Group
              title={t.shell.groups.system}
              collections={data.filter(({ system }) => system)}
            />
          </>
        )}
      </TextColumn>
    </>
  )
}

interface GroupProps {
  readonly title: string
  readonly collections: readonly CollectionModel[]
}

function Group({ title, collections }: GroupProps) {
  if (collections.length === 0) return null
  return (
    <LinkList title={title}>
      {collections.map(({ id, name, type, fields }) => (
        <LinkListEntry
          key={id}
          icon={<CollectionIcon type={type} />}
          name={name}
          note={t.home.fieldCount({ count: fields.length })}
          to={`/c/${encodeURIComponent(name)}`}
        />
      ))}
    </LinkList>
  )
}
