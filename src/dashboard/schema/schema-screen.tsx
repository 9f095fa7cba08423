import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { CollectionModel } from 'pocketbase'
import { useCollections } from '#dashboard/api/collections.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { ScreenHeader, TextColumn } from '#dashboard/shell/screen.tsx'
import { t } from '#dashboard/text/definition-texts.ts'
import { buttonClass } from '#dashboard/ui/button.tsx'
import { CollectionIcon } from '#dashboard/ui/collection-icon.tsx'
import { EmptyState, FailureNote, Mark, Skeleton } from '#dashboard/ui/states.tsx'
import { SchemaForm } from './schema-form.tsx'

const route = getRouteApi('/inside/c/$collection/schema/$part')

/** The definition of a collection, in parts. */
export function SchemaScreen() {
  const { collection: name, part } = route.useParams()
  const navigate = useNavigate()
  const { data, error, refetch } = useCollections()
  const found = data?.find((one) => one.name === name || one.id === name)
  return (
    <>
      <ScreenHeader
        title={name}
        before={<CollectionIcon type={found?.type ?? ''} size={20} />}
        after={found?.system === true && <Mark>{t.schema.fields.system}</Mark>}
        actions={
          found !== undefined && (
            <Link to="/c/$collection" params={{ collection: name }} className={buttonClass()}>
              {t.schema.records}
            </Link>
          )
        }
      />
      {error !== null && (
        <TextColumn>
          <FailureNote
            title={t.schema.unreadable}
            failure={readFailure(error)}
            onRetry={() => void refetch()}
          />
        </TextColumn>
      )}
      {data === undefined && error === null && <Skeleton />}
      {data !== undefined && found === undefined && <Missing name={name} />}
      {found !== undefined && (
        <SchemaForm
          key={found.id}
          collection={found}
          part={part}
          onRenamed={(renamed: CollectionModel) =>
            void navigate({
              to: '/c/$collection/schema/$part',
              params: { collection: renamed.name, part },
              replace: true,
              ignoreBlocker: true,
            })
          }
        />
      )}
    </>
  )
}

function Missing({ name }: { readonly name: string }) {
  return (
    <EmptyState
      title={t.schema.missing({ name })}
      actions={
        <Link to="/c" className={buttonClass()}>
          {t.schema.toCollections}
        </Link>
      }
    />
  )
}
