import { Link } from '@tanstack/react-router'
import { useCollections } from '#dashboard/api/collections.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { ScreenHeader, TextColumn } from '#dashboard/shell/screen.tsx'
import { t } from '#dashboard/text/t.ts'
import { buttonClass } from '#dashboard/ui/button.tsx'
import { CollectionIcon } from '#dashboard/ui/collection-icon.tsx'
import { LinkList, LinkListEntry } from '#dashboard/ui/link-list.tsx'
import { EmptyState, FailureNote, Skeleton } from '#dashboard/ui/states.tsx'

/** The first screen: the collections of this deployment. */
export function HomeScreen() {
  return (
    <>
      <ScreenHeader
        title={t.home.title}
        actions={
          <Link to="/c/new" className={buttonClass('primary')}>
            {t.shell.newCollection}
          </Link>
        }
      />
      <TextColumn>
        <Collections />
      </TextColumn>
    </>
  )
}

function Collections() {
  const { data, error, refetch } = useCollections()
  if (error !== null) {
    return (
      <FailureNote
        title={t.home.unreadable}
        failure={readFailure(error)}
        onRetry={() => void refetch()}
      />
    )
  }
  if (data === undefined) return <Skeleton />
  const own = data.filter(({ system }) => !system)
  if (own.length === 0) {
    return (
      <EmptyState title={t.home.none}>
        <p>{t.home.noneText}</p>
      </EmptyState>
    )
  }
  return (
    <LinkList title={t.home.recent}>
      {own.map(({ id, name, type, fields }) => (
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
