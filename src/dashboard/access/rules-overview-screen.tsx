import { ruleNames } from '#filter/syntax/rule-names.ts'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { CollectionModel } from 'pocketbase'
import { useCollections } from '#dashboard/api/collections.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { ScreenHeader, TextColumn } from '#dashboard/shell/screen.tsx'
import { ruleWarnings, type WarningCode } from '#dashboard/rules/rule-warnings.ts'
import { t } from '#dashboard/text/access-texts.ts'
import { EmptyState, FailureNote, Mark, Skeleton } from '#dashboard/ui/states.tsx'
import { AccessPages } from './access-pages.tsx'
import styles from './rules-overview.module.css'

/** A rule of a collection; undefined where its type has none. */
type Rule = string | null | undefined

/** A rule, and what may not be meant in it. */
interface Cell {
  readonly rule: Rule
  readonly warnings: readonly WarningCode[]
}

const filters = [
  { key: 'all', includes: () => true },
  { key: 'open', includes: ({ rule }: Cell) => rule === '' },
  { key: 'signedIn', includes: ({ rule }: Cell) => rule?.includes('@request.auth.') === true },
  { key: 'warnings', includes: ({ warnings }: Cell) => warnings.length > 0 },
] as const satisfies readonly {
  readonly key: string
  readonly includes: (cell: Cell) => boolean
}[]

const route = getRouteApi('/inside/access/rules')

/** All rules of all collections side by side, to see what is open. */
export function RulesOverviewScreen() {
  const { show } = route.useSearch()
  const { data, error, refetch } = useCollections()
  const filter = filters.find(({ key }) => key === show) ?? filters[0]
  const shown = data?.filter((collection) =>
    ruleNames.some((name) => filter.includes(cellOf(collection, name, data))),
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
            activeOptions={{ exact: true }}
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
        <Matrix collections={shown} all={data ?? []} includes={filter.includes} />
      )}
    </>
  )
}

interface MatrixProps {
  readonly collections: readonly CollectionModel[]
  readonly all: readonly CollectionModel[]
  /** True for the rules to show; the others are left empty. */
  readonly includes: (cell: Cell) => boolean
}

function Matrix({ collections, all, includes }: MatrixProps) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls needs the keyboard
    <div className={styles.scroll} role="region" aria-label={t.access.rules.title} tabIndex={0}>
      <table className={styles.matrix}>
        <thead>
          <tr>
            <th scope="col">{t.access.rules.collection}</th>
            {ruleNames.map((name) => (
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
              {ruleNames.map((name) => {
                const cell = cellOf(collection, name, all)
                return (
                  <RuleCell
                    key={name}
                    {...cell}
                    collection={collection.name}
                    name={name}
                    isShown={includes(cell)}
                  />
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface CellProps extends Cell {
  readonly collection: string
  readonly name: (typeof ruleNames)[number]
  readonly isShown: boolean
}

/** A rule, which leads to where it is edited. Its name says the collection and the action as well. */
function RuleCell({ collection, name, rule, warnings, isShown }: CellProps) {
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
      {warnings.length > 0 && (
        <ul className={styles.warnings}>
          {warnings.map((code) => (
            <li key={code}>{t.ruleWarnings[code]}</li>
          ))}
        </ul>
      )}
    </td>
  )
}

function textOf(rule: string | null): string {
  if (rule === null) return t.access.rules.closed.toLowerCase()
  return rule === '' ? t.access.rules.open.toLowerCase() : rule
}

function cellOf(
  collection: CollectionModel,
  name: (typeof ruleNames)[number],
  collections: readonly CollectionModel[],
): Cell {
  const warnings = ruleWarnings(collection, name, collections)
  return { rule: collection[name] as Rule, warnings }
}
