import type { LogStep } from '#dashboard/api/operations/logs.ts'
import { formatHour, formatMilliseconds } from '#dashboard/text/format.ts'
import { t } from '#dashboard/text/t.ts'
import { Button } from '#dashboard/ui/button.tsx'
import { classNames } from '#dashboard/ui/class-names.ts'
import { useZone } from '#dashboard/ui/time.tsx'
import styles from './logs.module.css'

interface LogChartProps {
  readonly bars: readonly LogStep[]
  /** The bar whose requests the list shows, by its beginning. */
  readonly chosen: Date | undefined
  readonly onChoose: (at: Date) => void
}

/** Bars of requests by how they ended, and the same numbers as a table. */
export function LogChart({ bars, chosen, onChoose }: LogChartProps) {
  const zone = useZone()
  const highest = Math.max(1, ...bars.map((bar) => bar.ok + bar.refused + bar.failed))
  const total = bars.reduce((sum, bar) => sum + bar.ok + bar.refused + bar.failed, 0)
  const time = (date: Date | undefined): string =>
    date === undefined ? '' : formatHour(date, zone)
  return (
    <section className={styles.chart} aria-label={t.logs.chart}>
      <div className={styles.legend}>
        <strong>{t.logs.count({ count: total })}</strong>
        <span className={styles.okKey}>{t.logs.ok}</span>
        <span className={styles.refusedKey}>{t.logs.refused}</span>
        <span className={styles.failedKey}>{t.logs.failed}</span>
      </div>
      {/* The table beneath has the same numbers and acts for the keyboard. */}
      <div className={styles.bars} aria-hidden>
        {bars.map((bar) => (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- hidden from all but the pointer; the table has buttons
          <div
            key={bar.at.getTime()}
            title={t.logs.bar({ ...bar, time: time(bar.at) })}
            className={classNames(
              styles.bar,
              bar.at.getTime() === chosen?.getTime() && styles.chosen,
            )}
            onClick={() => onChoose(bar.at)}
          >
            <i className={styles.failed} style={{ height: `${(bar.failed / highest) * 100}%` }} />
            <i className={styles.refused} style={{ height: `${(bar.refused / highest) * 100}%` }} />
            <i className={styles.ok} style={{ height: `${(bar.ok / highest) * 100}%` }} />
          </div>
        ))}
      </div>
      <div className={styles.axis} aria-hidden>
        <span>{time(bars[0]?.at)}</span>
        <span>{time(bars[Math.floor(bars.length / 2)]?.at)}</span>
        <span>{time(bars.at(-1)?.at)}</span>
      </div>
      <details className={styles.numbers}>
        <summary>{t.logs.asTable}</summary>
        <BarTable bars={bars} time={time} onChoose={onChoose} />
      </details>
    </section>
  )
}

interface BarTableProps {
  readonly bars: readonly LogStep[]
  readonly time: (date: Date) => string
  readonly onChoose: (at: Date) => void
}

function BarTable({ bars, time, onChoose }: BarTableProps) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t.logs.step}</th>
          <th scope="col">{t.logs.ok}</th>
          <th scope="col">{t.logs.refused}</th>
          <th scope="col">{t.logs.failed}</th>
          <th scope="col">{t.logs.p95}</th>
        </tr>
      </thead>
      <tbody>
        {bars.toReversed().map((bar) => (
          <tr key={bar.at.getTime()}>
            <th scope="row">
              <Button
                look="quiet"
                size="small"
                aria-label={t.logs.showStep({ time: time(bar.at) })}
                onClick={() => onChoose(bar.at)}
              >
                {time(bar.at)}
              </Button>
            </th>
            <td>{bar.ok}</td>
            <td>{bar.refused}</td>
            <td>{bar.failed}</td>
            <td>{formatMilliseconds(bar.p95)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
