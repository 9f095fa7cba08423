import { getRouteApi, Link } from '@tanstack/react-router'
import type { CollectionModel } from 'pocketbase'
import { useCollections } from '#dashboard/api/collections.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { ScreenHeader, TextColumn } from '#dashboard/shell/screen.tsx'
import { t } from '#dashboard/text/t.ts'
import { buttonClass } from '#dashboard/ui/button.tsx'
import { EmptyState, FailureNote, Mark, Skeleton } from '#dashboard/ui/states.tsx'
import styles from './rules-overview.module.css'

const columns = [
  'listRule',
  'viewRule',
  'createRule',
  'updateRule',
  'deleteRule',
  'authRule',
  'manageRule',
] as const

const route = getRouteApi('/inside/access/rules')

/** All rules of all collections side by side, to see what is open. */
export function RulesOverviewScreen() {
  const { show } = route.useSearch()
  const { data, error, refetch } = useCollections()
  const isOpenOnly = show === 'open'
  const shown = data?.filter((collection) => !isOpenOnly || columns.some(isOpenIn(collection)))
  return (
    <>
      <ScreenHeader
        title={t.access.rules.title}
        actions={
          <Link
            to="/access/rules"
            search={isOpenOnly ? {} : { show: 'open' }}
            className={buttonClass()}
          >
            {isOpenOnly ? t.access.rules.showAll : t.access.rules.showOpen}
          </Link>
        }
      />
      {error !== null && (
        <TextColumn>
          <FailureNote
            title={t.home.unreadable}
            failure={readFailure(error)}
            onRetry={() => void refetch()}
          />
        </TextColumn>
      )}
      {shown === undefined && error === null && <Skeleton />}
      {shown?.length === 0 && <EmptyState title={t.access.rules.noneOpen} />}
      {shown !== undefined && shown.length > 0 && (
        <Matrix collections={shown} isOpenOnly={isOpenOnly} />
      )}
    </>
  )
}

interface MatrixProps {
  readonly collections: readonly CollectionModel[]
  readonly isOpenOnly: boolean
}

function Matrix({ collections, isOpenOnly }: MatrixProps) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls needs the keyboard
    <div className={styles.scroll} role="region" aria-label={t.access.rules.title} tabIndex={0}>
      <table className={styles.matrix}>
        <thead>
          <tr>
            <th scope="col">{t.access.rules.collection}</th>
            {columns.map((name) => (
              <th key={name} scope="col">
                {t.schema.rules.names[name]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {collections.map((collection) => (
            <tr key={collection.id}>
              <th scope="row">
                <Link
                  to="/c/$collection/schema/$part"
                  params={{ collection: collection.name, part: 'rules' }}
                >
                  {collection.name}
                </Link>
              </th>
              {columns.map((name) => (
                <td key={name}>
                  {(!isOpenOnly || isOpenIn(collection)(name)) && (
                    <RuleCell rule={collection[name] as string | null | undefined} />
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function RuleCell({ rule }: { readonly rule: string | null | undefined }) {
  if (rule === undefined) return <span className={styles.absent}>{t.access.rules.absent}</span>
  if (rule === null) return <Mark>{t.access.rules.closed}</Mark>
  if (rule === '') return <Mark look="warning">{t.access.rules.open}</Mark>
  return (
    <code className={styles.rule} title={rule}>
      {rule}
    </code>
  )
}

function isOpenIn(collection: CollectionModel): (name: string) => boolean {
  return (name) => collection[name] === ''
}
