import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useLogSummary } from '#dashboard/api/operations/logs.ts'
import { LogChart } from '#dashboard/logs/log-chart.tsx'
import { apiDate, barsOf, barStart, endOf, logFilter, startOf } from '#dashboard/logs/log-query.ts'
import { t } from '#dashboard/text/t.ts'
import styles from './home.module.css'

/** The requests of the last day; a bar leads to its requests in the logs. */
export function RecentRequests() {
  const [now] = useState(() => new Date())
  const navigate = useNavigate()
  const { data } = useLogSummary(
    {
      filter: logFilter({}, undefined, undefined),
      from: apiDate(startOf('day', now)),
      to: apiDate(endOf('day', barStart('day', now))),
      step: 'hour',
    },
    undefined,
  )
  if (data === undefined) return null
  return (
    <section className={styles.section}>
      <h2>{t.home.requests}</h2>
      {data.steps.length === 0 ? (
        <p className={styles.quiet}>{t.home.noRequests}</p>
      ) : (
        <div className={styles.chart}>
          <LogChart
            bars={barsOf('day', now, data.steps)}
            chosen={undefined}
            onChoose={(at) =>
              void navigate({
                to: '/logs',
                search: { from: at.toISOString(), to: endOf('day', at).toISOString() },
              })
            }
          />
        </div>
      )}
      <p>
        <Link to="/logs">{t.home.openLogs}</Link>
      </p>
    </section>
  )
}
