import { getRouteApi, Link, useNavigate, useParams } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useCollections } from '#dashboard/api/collections.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { endViewAs, useViewer } from '#dashboard/api/view-as.ts'
import { ScreenHeader } from '#dashboard/shell/screen.tsx'
import { t } from '#dashboard/text/t.ts'
import { buttonClass } from '#dashboard/ui/button.tsx'
import { EmptyState, FailureNote, Skeleton } from '#dashboard/ui/states.tsx'
import { RecordTable } from './record-table.tsx'
import { ViewAsBand } from './view-as-band.tsx'

const route = getRouteApi('/inside/c/$collection')

/** The records of a collection, and one of them beside the list. */
export function RecordsScreen() {
  const { collection: name } = route.useParams()
  const { record } = useParams({ strict: false })
  const search = route.useSearch()
  const navigate = useNavigate()
  const viewer = useViewer()
  // The view ends when the records are left.
  useEffect(() => () => void endViewAs(), [])
  const { data: collections, error, refetch } = useCollections()
  if (collections === undefined) {
    return (
      <>
        <ScreenHeader title={name} />
        {error === null ? (
          <Skeleton lines={10} />
        ) : (
          <FailureNote
            title={t.home.unreadable}
            failure={readFailure(error)}
            onRetry={() => void refetch()}
          />
        )}
      </>
    )
  }
  const collection = collections.find((each) => each.name === name || each.id === name)
  if (collection === undefined) {
    return (
      <>
        <ScreenHeader title={t.records.missingCollection({ name })} />
        <EmptyState
          title={t.errors.notFoundTitle}
          actions={
            <Link to="/c" className={buttonClass()}>
              {t.shell.areas.collections}
            </Link>
          }
        >
          <p>{t.errors.notFound}</p>
        </EmptyState>
      </>
    )
  }
  const params = { collection: name }
  return (
    <>
      {viewer !== undefined && <ViewAsBand viewer={viewer} />}
      <RecordTable
        key={`${collection.id} ${viewer?.id ?? ''}`}
        isReadOnly={collection.type === 'view' || viewer !== undefined}
        collection={collection}
        collections={collections}
        address={search}
        recordId={record}
        onAddress={(changes, mode = 'push') =>
          void navigate({
            to: record === undefined ? '/c/$collection' : '/c/$collection/$record',
            params: { ...params, record: record ?? '' },
            search: { ...search, ...changes },
            replace: mode === 'replace',
          })
        }
        onRecord={(id, from) =>
          void (id === undefined
            ? navigate({ to: '/c/$collection', params, search: { ...search, from: undefined } })
            : navigate({
                to: '/c/$collection/$record',
                params: { ...params, record: id },
                search: { ...search, from },
                replace: record !== undefined,
              }))
        }
      />
    </>
  )
}
