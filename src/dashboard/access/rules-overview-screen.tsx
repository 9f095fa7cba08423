import { getRouteApi, Link } from '@tanstack/react-router'
import type { CollectionModel } from 'pocketbase'
import { useCollections } from '#dashboard/api/collections.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { ScreenHeader, TextColumn } from '#dashboard/shell/screen.tsx'
import { t } from '#dashboard/text/definition-texts.ts'
import { EmptyState, FailureNote, Mark, Skeleton } from '#dashboard/ui/states.tsx'
import { AccessPages } from './access-pages.tsx'
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

/** A rule of a collection; undefined where its type has none. */
type Rule = string | null | undefined

const filters = [
  { key: 'all', includes: () => true },
  { key: 'open', includes: (rule: Rule) => rule === '' },
  { key: 'signedIn', includes: (rule: Rule) => rule?.includes('@request.auth.') === true },
] as const satisfies readonly {
  readonly key: string
  readonly includes: (rule: Rule) => boolean
}[]

const route = getRouteApi('/inside/access/rules')

/** All rules of all collections side by side, to see what is open. */
export function RulesOverviewScreen() {
  const { show } = route.useSearch()
  const { data, error, refetch } = useCollections()
  const filter = filters.find(({ key }) => key === show) ?? filters[0]
  const shown = data?.filter((collection) =>
    columns.some((name) => filter.includes(ruleIn(collection, name))),
  )
  return (
    <>
      <ScreenHeader title={t.access.rules.title} />
      <AccessPages current="rules" />
      <nav className={styles.filters} aria-label={t.access.rules.filterLabel}>
        {filters.map(({ key }) => (
          <Link
            key={key}
            to="/access/rules"
            search={key === 'all' ? {} : { show: key }}
            activeProps={{ 'aria-current': undefined }}
            aria-current={key === filter.key ? 'page' : undefined}
          >
            {t.access.rules.filters[key]}
          </Link>
        ))}
      </nav>
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
      {shown?.length === 0 && <EmptyState title={t.access.rules.none[filter.key]} />}
      {shown !== undefined && shown.length > 0 && (
        <Matrix collections={shown} includes={filter.includes} />
      )}
    </>
  )
}

interface MatrixProps {
  readonly collections: readonly CollectionModel[]
  /** True for the rules to show; the others are left empty. */
  readonly includes: (rule: Rule) => boolean
}

function Matrix({ collections, includes }: MatrixProps) {
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
                <RuleCell
                  key={name}
                  collection={collection.name}
                  name={name}
                  rule={ruleIn(collection, name)}
                  isShown={includes(ruleIn(collection, name))}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface CellProps {
  readonly collection: string
  readonly name: (typeof columns)[number]
  readonly rule: Rule
  readonly isShown: boolean
}

/** A rule, which leads to where it is edited. Its name says the collection and the action as well. */
function RuleCell({ collection, name, rule, isShown }: CellProps) {
  if (!isShown) return <td>{null}</td>
  if (rule === undefined) {
    return (
      <td>
        <span className={styles.absent} aria-label={t.access.rules.noRule}>
          {t.access.rules.absent}
        </span>
      </td>
    )
  }
  const action = t.schema.rules.names[name].toLowerCase()
  return (
    <td>
      <Link
        to="/c/$collection/schema/$part"
        params={{ collection, part: 'rules' }}
        className={styles.cell}
        aria-label={t.access.rules.cell({ collection, action, rule: textOf(rule) })}
      >
        {rule === null && <Mark>{t.access.rules.closed}</Mark>}
        {rule === '' && <Mark look="warning">{t.access.rules.open}</Mark>}
        {rule !== null && rule !== '' && <code className={styles.rule}>{rule}</code>}
      </Link>
    </td>
  )
}

function textOf(rule: string | null): string {
  if (rule === null) return t.access.rules.closed.toLowerCase()
  return rule === '' ? t.access.rules.open.toLowerCase() : rule
}

function ruleIn(collection: CollectionModel, name: (typeof columns)[number]): Rule {
  return collection[name] as Rule
}
