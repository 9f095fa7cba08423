import { Link } from '@tanstack/react-router'
import type { LogModel } from 'pocketbase'
import type { ReactNode } from 'react'
import { formatNumber } from '#dashboard/text/format.ts'
import { t } from '#dashboard/text/t.ts'
import { classNames } from '#dashboard/ui/class-names.ts'
import { SortableHeader } from '#dashboard/ui/sortable-header.tsx'
import { Mark } from '#dashboard/ui/states.tsx'
import { Time } from '#dashboard/ui/time.tsx'
import type { LogSearch } from './log-query.ts'
import styles from './logs.module.css'

interface LogTableProps {
  readonly entries: readonly LogModel[]
  readonly search: LogSearch
  /** The name of a column, with `-` in front of it for the highest first. */
  readonly sort: string
  readonly chosen: string | undefined
  readonly onSort: (sort: string) => void
}

/** The entries, one a row. Counts of database work have columns once entries have them. */
export function LogTable({ entries, search, sort, chosen, onSort }: LogTableProps) {
  const hasMeasures = entries.some(({ data }) => data['d1Batches'] !== undefined)
  const countsRows = entries.every(
    ({ data }) => data['d1RowsRead'] !== undefined || data['d1Batches'] === undefined,
  )
  const sortable = (name: string, label: string, className?: string): ReactNode => (
    <SortableHeader name={name} sort={sort} onSort={onSort} className={className}>
      {label}
    </SortableHeader>
  )
  const { columns } = t.logs
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by the keyboard
    <div className={styles.scroller} role="region" aria-label={t.logs.title} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            {sortable('created', columns.time, styles.time)}
            {sortable('data.status', columns.status)}
            <th scope="col">{columns.request}</th>
            {sortable('data.execTime', columns.duration, styles.number)}
            {hasMeasures && (
              <>
                {sortable('data.d1Batches', columns.trips, styles.number)}
                {countsRows && sortable('data.d1RowsRead', columns.rowsRead, styles.number)}
                {sortable('data.d1RowsWritten', columns.rowsWritten, styles.number)}
              </>
            )}
            <th scope="col" className={styles.side}>
              {columns.account}
            </th>
            <th scope="col" className={styles.side}>
              {columns.address}
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.id} className={classNames(entry.id === chosen && styles.current)}>
              <td className={styles.time}>
                <Time value={entry.created} />
              </td>
              <td>
                <StatusMark entry={entry} />
              </td>
              <td className={styles.request}>
                <Link
                  id={`log-${entry.id}`}
                  to="/logs/$entry"
                  params={{ entry: entry.id }}
                  search={search}
                  preload={false}
                  aria-current={entry.id === chosen ? 'true' : undefined}
                >
                  {entry.message}
                </Link>
                <span className={styles.below}>
                  <Time value={entry.created} />
                </span>
              </td>
              <Figure value={entry.data['execTime']} />
              {hasMeasures && (
                <>
                  <Figure value={entry.data['d1Batches']} />
                  {countsRows && <Figure value={entry.data['d1RowsRead']} />}
                  <Figure value={entry.data['d1RowsWritten']} />
                </>
              )}
              <td className={styles.side}>{accountOf(entry)}</td>
              <td className={classNames(styles.side, styles.mono)}>
                {String(entry.data['userIP'] ?? '')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** The status of a request, or the level of an entry that is about something else. */
export function StatusMark({ entry }: { readonly entry: LogModel }) {
  const status = Number(entry.data['status'] ?? 0)
  if (status === 0) return <Mark>{t.logs.entry.levels[entry.level] ?? entry.level}</Mark>
  return (
    <Mark look={status >= 500 ? 'danger' : status >= 400 ? 'warning' : 'success'}>{status}</Mark>
  )
}

function Figure({ value }: { readonly value: unknown }) {
  return (
    <td className={styles.number}>
      {typeof value === 'number' ? formatNumber(Math.round(value)) : ''}
    </td>
  )
}

function accountOf({ data }: LogModel): string {
  if (data['type'] !== 'request') return ''
  const name = String(data['auth'] ?? '')
  return name === '' ? t.logs.guest : name
}
