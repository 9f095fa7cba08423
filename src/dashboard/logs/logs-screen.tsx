import { getRouteApi, Outlet, useRouterState } from '@tanstack/react-router'
import { Pause, Play, RefreshCw, X } from 'lucide-react'
import { useState } from 'react'
import { readFailure } from '#dashboard/api/failure.ts'
import { keys } from '#dashboard/api/keys.ts'
import { useLogs, useLogSummary } from '#dashboard/api/operations/logs.ts'
import { queryClient } from '#dashboard/api/query-client.ts'
import { ScreenHeader } from '#dashboard/shell/screen.tsx'
import { useShortcuts } from '#dashboard/shell/shortcuts.ts'
import { formatHour } from '#dashboard/text/format.ts'
import { t } from '#dashboard/text/t.ts'
import { Button, IconButton } from '#dashboard/ui/button.tsx'
import { Checkbox } from '#dashboard/ui/field.tsx'
import { EmptyState, FailureNote, Skeleton } from '#dashboard/ui/states.tsx'
import { useZone } from '#dashboard/ui/time.tsx'
import { LogChart } from './log-chart.tsx'
import { LogFilterLine, RangeChooser } from './log-controls.tsx'
import {
  apiDate,
  barsOf,
  barStart,
  endOf,
  logFilter,
  type LogSearch,
  momentOf,
  rangeOf,
  ranges,
  startOf,
} from './log-query.ts'
import { LogRoutes } from './log-routes.tsx'
import { LogTable } from './log-table.tsx'
import styles from './logs.module.css'

const route = getRouteApi('/inside/logs')

/** The interval between reads of live logs. */
const liveMilliseconds = 5000

/** The requests that were answered, over time and one by one; an entry opens beside them. */
export function LogsScreen() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const entry = useRouterState({
    select: ({ location }) => /\/logs\/([^/]+)$/.exec(location.pathname)?.[1],
  })
  const [now, setNow] = useState(() => new Date())
  const [isPointerInside, setPointerInside] = useState(false)
  const isPaused = entry !== undefined || isPointerInside
  const isLive = search.live === '1'
  const everyMilliseconds = isLive && !isPaused ? liveMilliseconds : undefined

  const change = (changes: LogSearch): void => {
    void navigate({ to: '/logs', search: { ...search, ...changes } })
  }
  const refresh = (): void => {
    setNow(new Date())
    void queryClient.invalidateQueries({ queryKey: keys.logs })
  }
  useShortcuts([{ keys: 'r', label: t.logs.refresh, run: refresh }])

  return (
    <div className={styles.split}>
      <div className={styles.list} data-behind={entry === undefined ? undefined : ''}>
        <ScreenHeader
          title={t.logs.title}
          actions={
            <>
              <Button
                icon={isLive ? Pause : Play}
                aria-pressed={isLive}
                onClick={() => change({ live: isLive ? '' : '1' })}
              >
                {isLive && isPaused ? t.logs.livePaused : t.logs.live}
              </Button>
              <IconButton
                icon={RefreshCw}
                look="secondary"
                label={t.logs.refresh}
                shortcut="r"
                onClick={refresh}
              />
            </>
          }
        />
        <div className={styles.controls}>
          <LogFilterLine
            key={search.filter}
            filter={search.filter ?? ''}
            onChange={(filter) => change({ filter })}
          />
          <RangeChooser
            value={rangeOf(search)}
            onChange={(range) => change({ range, from: '', to: '' })}
          />
          <Checkbox
            label={t.logs.includeSuperusers}
            isChecked={search.superusers === '1'}
            onChange={(isChecked) => change({ superusers: isChecked ? '1' : '' })}
          />
        </div>
        <Requests
          search={search}
          now={now}
          chosenEntry={entry}
          everyMilliseconds={everyMilliseconds}
          onChange={change}
          onPointerInside={setPointerInside}
        />
      </div>
      <Outlet />
    </div>
  )
}

interface RequestsProps {
  readonly search: LogSearch
  readonly now: Date
  readonly chosenEntry: string | undefined
  readonly everyMilliseconds: number | undefined
  readonly onChange: (changes: LogSearch) => void
  readonly onPointerInside: (isInside: boolean) => void
}

function Requests(props: RequestsProps) {
  const { search, now, everyMilliseconds, onChange } = props
  const zone = useZone()
  const range = rangeOf(search)
  const start = startOf(range, now)
  const [from, to] = [momentOf(search.from), momentOf(search.to)]
  const summary = useLogSummary(
    {
      filter: logFilter(search, undefined, undefined),
      from: apiDate(start),
      to: apiDate(endOf(range, barStart(range, now))),
      step: ranges[range].summary,
    },
    everyMilliseconds,
  )
  const sort = search.sort ?? '-created'
  const list = useLogs({
    filter: logFilter(search, from ?? start, to),
    sort: sort === '-created' ? '-@rowid' : sort,
    everyMilliseconds,
  })
  const error = list.error ?? summary.error
  if (error !== null) {
    const failure = readFailure(error)
    const isFilter = failure.status === 400
    return (
      <div className={styles.note}>
        <FailureNote
          title={isFilter ? t.logs.filterInvalid : t.logs.unreadable}
          failure={failure}
          onRetry={() => void Promise.all([list.refetch(), summary.refetch()])}
        />
      </div>
    )
  }
  if (list.data === undefined || summary.data === undefined) return <Skeleton lines={12} />
  const entries = list.data.pages.flatMap(({ items }) => items)
  return (
    <>
      <LogChart
        bars={barsOf(range, now, summary.data.steps)}
        chosen={from}
        onChoose={(at) => onChange({ from: at.toISOString(), to: endOf(range, at).toISOString() })}
      />
      <LogRoutes routes={summary.data.routes} onChoose={(filter) => onChange({ filter })} />
      {from !== undefined && to !== undefined && (
        <p className={styles.zoom}>
          {t.logs.zoomed({ from: formatHour(from, zone), to: formatHour(to, zone) })}
          <Button size="small" icon={X} onClick={() => onChange({ from: '', to: '' })}>
            {t.logs.zoomOut}
          </Button>
        </p>
      )}
      {entries.length === 0 ? (
        <NoRequests search={search} onChange={onChange} />
      ) : (
        <div
          onPointerEnter={() => props.onPointerInside(true)}
          onPointerLeave={() => props.onPointerInside(false)}
        >
          <LogTable
            entries={entries}
            search={search}
            sort={sort}
            chosen={props.chosenEntry}
            onSort={(changed) => onChange({ sort: changed === '-created' ? '' : changed })}
          />
          {list.hasNextPage && (
            <div className={styles.more}>
              <Button isBusy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                {t.logs.more}
              </Button>
            </div>
          )}
        </div>
      )}
    </>
  )
}

/** Why there is nothing to see, and what to do about it. */
function NoRequests({ search, onChange }: Pick<RequestsProps, 'search' | 'onChange'>) {
  if ((search.filter ?? '') !== '') {
    return (
      <EmptyState
        title={t.logs.noMatchTitle}
        actions={<Button onClick={() => onChange({ filter: '' })}>{t.logs.clearFilter}</Button>}
      >
        <p>{t.logs.noMatch}</p>
      </EmptyState>
    )
  }
  const isComplete = search.superusers === '1'
  return (
    <EmptyState
      title={t.logs.noneTitle}
      actions={
        isComplete ? (
          <Button onClick={() => onChange({ range: 'month', from: '', to: '' })}>
            {t.logs.ranges.month}
          </Button>
        ) : (
          <Button onClick={() => onChange({ superusers: '1' })}>{t.logs.includeSuperusers}</Button>
        )
      }
    >
      <p>{isComplete ? t.logs.noneWithSuperusers : t.logs.none}</p>
    </EmptyState>
  )
}
