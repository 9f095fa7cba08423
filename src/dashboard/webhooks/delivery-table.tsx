import { Link } from '@tanstack/react-router'
import type { Delivery, Webhook } from '#dashboard/api/webhooks.ts'
import { formatMilliseconds, formatNumber } from '#dashboard/text/format.ts'
import { t } from '#dashboard/text/webhook-texts.ts'
import { Mark } from '#dashboard/ui/states.tsx'
import { Time } from '#dashboard/ui/time.tsx'
import styles from './webhooks.module.css'

const { deliveries: text } = t.webhooks
const looks = { waiting: 'neutral', done: 'success', dead: 'danger', paused: 'warning' } as const

/** The state of a delivery in a word. */
export function DeliveryMark({ state }: Pick<Delivery, 'state'>) {
  return <Mark look={looks[state]}>{text.states[state]}</Mark>
}

interface TableProps {
  readonly webhook: Webhook
  readonly items: readonly Delivery[]
  /** The search of the address, which the links keep. */
  readonly search: Readonly<Record<string, string>>
}

/** Deliveries, one a row; the change opens its details. */
export function DeliveryTable({ webhook, items, search }: TableProps) {
  const { columns } = text
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by the keyboard
    <div className={styles.scroller} role="region" aria-label={text.title} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{columns.event}</th>
            <th scope="col">{columns.state}</th>
            <th scope="col" className={styles.number}>
              {columns.attempts}
            </th>
            <th scope="col" className={styles.number}>
              {columns.status}
            </th>
            <th scope="col" className={styles.number}>
              {columns.took}
            </th>
            <th scope="col">{columns.time}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((delivery) => (
            <tr key={delivery.id}>
              <td className={styles.change}>
                <Link
                  to="/webhooks/$webhook"
                  params={{ webhook: webhook.id }}
                  search={{ ...search, delivery: delivery.id }}
                  preload={false}
                >
                  {delivery.type} <span>{delivery.record}</span>
                </Link>
              </td>
              <td>
                <DeliveryMark state={delivery.state} />
              </td>
              <td className={styles.number}>{formatNumber(delivery.attempts)}</td>
              <td className={styles.number}>
                {delivery.status > 0 ? delivery.status : delivery.attempts > 0 ? text.noAnswer : ''}
              </td>
              <td className={styles.number}>
                {delivery.attempts > 0 && formatMilliseconds(delivery.tookMs)}
              </td>
              <td>
                <Time value={delivery.created} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
