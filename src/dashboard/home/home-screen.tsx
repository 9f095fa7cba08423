import { Link } from '@tanstack/react-router'
import { useCollections } from '#dashboard/api/collections.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { ScreenHeader, TextColumn } from '#dashboard/shell/screen.tsx'
import { t } from '#dashboard/text/t.ts'
import { buttonClass } from '#dashboard/ui/button.tsx'
import { CollectionIcon } from '#dashboard/ui/collection-icon.tsx'
import { LinkList, LinkListEntry } from '#dashboard/ui/link-list.tsx'
import { FailureNote } from '#dashboard/ui/states.tsx'
import { Time } from '#dashboard/ui/time.tsx'
import { Attention } from './attention.tsx'
import { FirstSteps } from './first-steps.tsx'
import { RecentRequests } from './recent-requests.tsx'

/** The first screen: the things to do, then what happened lately. */
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
        <FirstSteps />
        <Attention />
        <RecentRequests />
        <RecentCollections />
      </TextColumn>
    </>
  )
}

/** The number of collections that are shown. */
const maxCollections = 5

function RecentCollections() {
  const { data, error, refetch } = useCollections()
  if (error !== null && data === undefined) {
    return (
      <FailureNote
        title={t.home.unreadable}
        failure={readFailure(error)}
        onRetry={() => void refetch()}
      />
    )
  }
  const own = (data ?? [])
    .filter(({ system }) => !system)
    .toSorted((a, b) => changeOf(b).localeCompare(changeOf(a)))
  if (own.length === 0) return null
  return (
    <LinkList title={t.home.recent}>
      {own.slice(0, maxCollections).map((collection) => (
        <LinkListEntry
          key={collection.id}
          icon={<CollectionIcon type={collection.type} />}
          name={collection.name}
          note={<Time value={changeOf(collection)} />}
          to={`/c/${encodeURIComponent(collection.name)}`}
        />
      ))}
    </LinkList>
  )
}

function changeOf(collection: object): string {
  return (collection as { readonly updated?: string }).updated ?? ''
}
