import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { X } from 'lucide-react'
import type { LogModel } from 'pocketbase'
import { type ReactNode, useEffect, useRef } from 'react'
import { explainLink, searchOfLog } from '#dashboard/access/explain-link.ts'
import { readFailure } from '#dashboard/api/failure.ts'
import { useLog } from '#dashboard/api/operations/logs.ts'
import { useShortcuts } from '#dashboard/shell/shortcuts.ts'
import { formatMilliseconds } from '#dashboard/text/format.ts'
import { t } from '#dashboard/text/t.ts'
import { buttonClass, IconButton } from '#dashboard/ui/button.tsx'
import { CopyButton } from '#dashboard/ui/copy-button.tsx'
import { FailureNote, Skeleton } from '#dashboard/ui/states.tsx'
import { Time } from '#dashboard/ui/time.tsx'
import { apiDate } from './log-query.ts'
import { StatusMark } from './log-table.tsx'
import styles from './logs.module.css'

const route = getRouteApi('/inside/logs/$entry')

/** One entry with all that is known of it, beside the list. */
export function LogEntryPanel() {
  const { entry: id } = route.useParams()
  const search = route.useSearch()
  const navigate = useNavigate()
  const { data, error, refetch } = useLog(id)
  const panel = useRef<HTMLElement>(null)
  const close = async (): Promise<void> => {
    await navigate({ to: '/logs', search })
    // After the screen has taken the focus for its heading.
    setTimeout(() => document.getElementById(`log-${id}`)?.focus())
  }
  useShortcuts([{ keys: 'Escape', label: t.logs.entry.close, run: () => void close() }])
  useEffect(() => {
    // After the screen has taken the focus for its heading.
    const timer = setTimeout(() => panel.current?.focus())
    return () => clearTimeout(timer)
  }, [id])
  return (
    <aside ref={panel} tabIndex={-1} className={styles.panel} aria-label={t.logs.entry.title}>
      <div className={styles.panelHead}>
        <h2>{t.logs.entry.title}</h2>
        <IconButton
          icon={X}
          label={t.logs.entry.close}
          shortcut="Esc"
          onClick={() => void close()}
        />
      </div>
      {error !== null ? (
        <FailureNote
          title={t.logs.entry.unreadable}
          failure={readFailure(error)}
          onRetry={() => void refetch()}
        />
      ) : data === undefined ? (
        <Skeleton lines={10} />
      ) : (
        <Entry entry={data} />
      )}
    </aside>
  )
}

const { labels } = t.logs.entry

function Entry({ entry }: { readonly entry: LogModel }) {
  const { data } = entry
  const rows = Object.keys(labels).filter((key) => !['created', 'level'].includes(key))
  const refused = searchOfLog(entry)
  const details = data['details']
  const hasDetails = details !== undefined && details !== null && JSON.stringify(details) !== '{}'
  return (
    <>
      <p className={styles.message}>{entry.message}</p>
      <p className={styles.marks}>
        <StatusMark entry={entry} />
        <Time value={entry.created} />
      </p>
      <div className={styles.acts}>
        <CopyButton text={JSON.stringify(entry, null, 2)} label={t.logs.entry.copyJson} />
        {data['type'] === 'request' && (
          <CopyButton text={curlOf(entry)} label={t.logs.entry.copyCurl} />
        )}
        {refused !== undefined && (
          <Link {...explainLink(refused)} className={buttonClass('secondary', 'small')}>
            {t.access.explain.fromLog}
          </Link>
        )}
      </div>
      <dl className={styles.facts}>
        <dt>{labels.level}</dt>
        <dd>{t.logs.entry.levels[entry.level] ?? entry.level}</dd>
        {rows.map((key) => (
          <Fact key={key} label={labels[key as keyof typeof labels]} value={data[key]}>
            {key === 'execTime' || key === 'd1Ms'
              ? formatMilliseconds(Number(data[key]))
              : undefined}
          </Fact>
        ))}
      </dl>
      {hasDetails && (
        <>
          <h3>{t.logs.entry.details}</h3>
          <pre className={styles.code}>{JSON.stringify(details, null, 2)}</pre>
        </>
      )}
      <Related entry={entry} />
    </>
  )
}

interface FactProps {
  readonly label: string
  readonly value: unknown
  readonly children?: ReactNode
}

function Fact({ label, value, children }: FactProps) {
  if (value === undefined || value === '') return null
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return (
    <>
      <dt>{label}</dt>
      <dd>{children ?? text}</dd>
    </>
  )
}

/** Lists of requests that came with this one. */
function Related({ entry }: { readonly entry: LogModel }) {
  const at = new Date(entry.created.replace(' ', 'T')).getTime()
  const [from, to] = [new Date(at - 60_000), new Date(at + 60_000)]
  const within = `created >= "${apiDate(from)}" && created <= "${apiDate(to)}"`
  const links = [
    { key: 'userIP', label: t.logs.entry.sameAddress },
    { key: 'authId', label: t.logs.entry.sameAccount },
  ].filter(({ key }) => typeof entry.data[key] === 'string' && entry.data[key] !== '')
  if (links.length === 0) return null
  return (
    <ul className={styles.related}>
      {links.map(({ key, label }) => (
        <li key={key}>
          <Link
            to="/logs"
            search={{
              filter: `data.${key} = ${JSON.stringify(entry.data[key])} && ${within}`,
              range: 'month',
              superusers: '1',
            }}
          >
            {label}
          </Link>
        </li>
      ))}
    </ul>
  )
}

/** The request for a shell, without its token, which the log does not have. */
function curlOf({ data }: LogModel): string {
  const address = new URL(String(data['url'] ?? ''), location.origin).href
  const quoted = `'${address.replaceAll("'", String.raw`'\''`)}'`
  return `curl -X ${String(data['method'] ?? 'GET')} ${quoted}`
}
