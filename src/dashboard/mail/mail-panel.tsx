import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { X } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { readFailure } from '#dashboard/api/failure.ts'
import {
  type InboxMail,
  mailBodyUrl,
  type Mailbox,
  useInboxMail,
} from '#dashboard/api/operations/inbox.ts'
import { useShortcuts } from '#dashboard/shell/shortcuts.ts'
import { t } from '#dashboard/text/t.ts'
import { IconButton } from '#dashboard/ui/button.tsx'
import { CopyButton } from '#dashboard/ui/copy-button.tsx'
import { FailureNote, Skeleton } from '#dashboard/ui/states.tsx'
import { Time } from '#dashboard/ui/time.tsx'
import styles from './inbox.module.css'
import { linksIn } from './mail-links.ts'

const texts = t.mail
const route = getRouteApi('/inside/mail/inbox/$number')

/** One mail: as a reader shows it, its links, its text and its source. */
export function MailPanel() {
  const { number } = route.useParams()
  const navigate = useNavigate()
  const { data, error } = useInboxMail(number)
  const panel = useRef<HTMLElement>(null)
  useEffect(() => panel.current?.focus(), [number])
  const close = (): void => void navigate({ to: '/mail/inbox' })
  useShortcuts([{ keys: 'Escape', label: texts.back, run: close }])
  return (
    <aside ref={panel} className={styles.panel} aria-label={texts.mail} tabIndex={-1}>
      <div className={styles.head}>
        <h2>{data === undefined ? texts.mail : subjectOf(data)}</h2>
        <IconButton icon={X} label={texts.back} onClick={close} />
      </div>
      {error !== null ? (
        <FailureNote title={texts.missing} failure={readFailure(error)} />
      ) : data === undefined ? (
        <Skeleton lines={8} />
      ) : (
        <Content key={data.number} mail={data} />
      )}
    </aside>
  )
}

function subjectOf({ subject }: InboxMail): string {
  return subject === '' ? texts.noSubject : subject
}

/** No scripts, no forms, nothing of this origin; links open in a tab that is free of all that. */
const frameRights = 'allow-popups allow-popups-to-escape-sandbox'

function Content({ mail }: { readonly mail: InboxMail }) {
  const { number, from, to, received, id, code, text, html } = mail
  return (
    <>
      <dl className={styles.facts}>
        <dt>{texts.from}</dt>
        <dd>{spelled(from)}</dd>
        <dt>{texts.to}</dt>
        <dd>{to.map(spelled).join(', ')}</dd>
        <dt>{texts.received}</dt>
        <dd>
          <Time value={received} />
        </dd>
        {code !== '' && (
          <>
            <dt>{texts.code}</dt>
            <dd className={styles.codeLine}>
              <code className={styles.code}>{code}</code>
              <CopyButton text={code} label={texts.copyCode} />
            </dd>
          </>
        )}
      </dl>
      <iframe
        title={texts.html}
        sandbox={frameRights}
        src={mailBodyUrl(number)}
        className={styles.frame}
      />
      <Links html={html} />
      <Part title={texts.text}>
        <pre className={styles.source}>{text}</pre>
      </Part>
      <Part title={texts.source}>
        <pre className={styles.source}>{html}</pre>
        <p className={styles.meta}>
          {texts.id} {id}
        </p>
      </Part>
    </>
  )
}

function spelled({ name, address }: Mailbox): string {
  return name === '' ? address : `${name} <${address}>`
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <details className={styles.part}>
      <summary>{title}</summary>
      {children}
    </details>
  )
}

/** Where the links lead, because their text may say something else. */
function Links({ html }: { readonly html: string }) {
  const links = linksIn(html)
  return (
    <section className={styles.links}>
      <h3>{texts.links}</h3>
      {links.length === 0 ? (
        <p className={styles.meta}>{texts.noLinks}</p>
      ) : (
        <ul>
          {links.map(({ label, target, isPage }, index) => (
            <li key={index}>
              <span>{label}</span>
              {isPage ? (
                <a href={target} target="_blank" rel="noopener noreferrer">
                  {target}
                </a>
              ) : (
                <code>{target}</code>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
