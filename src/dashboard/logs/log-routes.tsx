import { useState } from 'react'
import type { LogRoute } from '#dashboard/api/operations/logs.ts'
import { formatMilliseconds, formatNumber } from '#dashboard/text/format.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { SortableHeader } from '#dashboard/ui/sortable-header.tsx'
import styles from './logs.module.css'

interface LogRoutesProps {
  readonly routes: readonly LogRoute[]
  /** Called with a filter for the requests of a route. */
  readonly onChoose: (filter: string) => void
}

type Figure = 'count' | 'failed' | 'p95' | 'rowsRead'

/** The routes of the range: their requests, failures, times and rows. */
export function LogRoutes({ routes, onChoose }: LogRoutesProps) {
  const [sort, setSort] = useState<string>('-p95')
  if (routes.length === 0) return null
  const figure = sort.replace('-', '') as Figure
  const sign = sort.startsWith('-') ? -1 : 1
  const sorted = routes.toSorted((a, b) => sign * ((a[figure] ?? 0) - (b[figure] ?? 0)))
  const countsRows = routes.some(({ rowsRead }) => rowsRead !== undefined)
  const header = (name: Figure, label: string) => (
    <SortableHeader name={name} sort={sort} onSort={setSort} className={styles.number}>
      {label}
    </SortableHeader>
  )
  return (
    <details className={styles.routes}>
      <summary>{t.logs.routes}</summary>
      <p>{t.logs.routesHint}</p>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by the keyboard */}
      <div className={styles.scroller} role="region" aria-label={t.logs.routes} tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t.logs.route}</th>
              {header('count', t.logs.requests)}
              {header('failed', t.logs.failed)}
              {header('p95', t.logs.p95)}
              {countsRows && header('rowsRead', t.logs.columns.rowsRead)}
            </tr>
          </thead>
          <tbody>
            {sorted.map((entry) => {
              const name = `${entry.method} ${entry.route}`
              return (
                <tr key={name}>
                  <th scope="row" className={styles.routeName}>
                    <Button
                      look="quiet"
                      size="small"
                      aria-label={t.logs.showRoute({ route: name })}
                      onClick={() =>
                        onChoose(`data.route = "${entry.route}" && data.method = "${entry.method}"`)
                      }
                    >
                      {name}
                    </Button>
                  </th>
                  <td className={styles.number}>{formatNumber(entry.count)}</td>
                  <td className={styles.number}>{formatNumber(entry.failed)}</td>
                  <td className={styles.number}>{formatMilliseconds(entry.p95)}</td>
                  {countsRows && (
                    <td className={styles.number}>
                      {entry.rowsRead !== undefined && formatNumber(entry.rowsRead)}
                    </td>
                  )}
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </details>
  )
}
