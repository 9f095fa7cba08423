import type { Child, FC } from 'hono/jsx'
import { raw } from 'hono/html'
import { formatDate } from '#kernel/dates.ts'
import type { Mailbox } from '#platform/mailer.ts'
import type { ReceivedMail } from './inbox.ts'

const style = `
:root { color-scheme: light dark; --line: #d5d9df; --quiet: #5a616b; --link: #0b57d0; }
@media (prefers-color-scheme: dark) {
  :root { --line: #3a3f47; --quiet: #a2a9b4; --link: #8ab4f8; }
}
body { max-width: 60rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
a { color: var(--link); }
ol { list-style: none; margin: 0; padding: 0; }
li { border-top: 1px solid var(--line); padding: .75rem 0; }
.quiet, dt { color: var(--quiet); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
dd { margin: 0; }
iframe { box-sizing: border-box; width: 100%; height: 28rem; border: 1px solid var(--line); background: #fff; }
pre { padding: .75rem; border: 1px solid var(--line); overflow: auto; white-space: pre-wrap; }
summary { cursor: pointer; padding: .5rem 0; }
`

/** The list of mails, as a page. It renews itself. */
export function renderInbox(mails: readonly ReceivedMail[]): string {
  return page(
    <Page title="Inbox" refreshSeconds={5}>
      <h1>Inbox</h1>
      <p class="quiet">
        Mails are not sent while Arete runs on this machine; they are kept here, the last hundred.{' '}
        <a href="/_/inbox">Refresh</a>
      </p>
      {mails.length === 0 ? <p>No mail yet.</p> : <MailList mails={mails} />}
    </Page>,
  )
}

/** One mail, as a page: as a reader shows it, as text, and its source. */
export function renderInboxMail({ mail, receivedAt }: ReceivedMail): string {
  return page(
    <Page title={mail.subject}>
      <p>
        <a href="/_/inbox">Inbox</a>
      </p>
      <h1>{mail.subject}</h1>
      <dl>
        <dt>From</dt>
        <dd>{spelled(mail.from)}</dd>
        <dt>To</dt>
        <dd>{mail.to.map(spelled).join(', ')}</dd>
        <dt>Date</dt>
        <dd>{formatDate(receivedAt)}</dd>
        <dt>Id</dt>
        <dd>{mail.id}</dd>
      </dl>
      <iframe title="The mail" sandbox={frameRights} srcdoc={mail.html}></iframe>
      <details>
        <summary>Text</summary>
        <pre>{mail.text}</pre>
      </details>
      <details>
        <summary>Source</summary>
        <pre>{mail.html}</pre>
      </details>
    </Page>,
  )
}

/** No scripts, no forms, nothing of this origin; links open in a tab that is free of all that. */
const frameRights = 'allow-popups allow-popups-to-escape-sandbox'

const MailList: FC<{ mails: readonly ReceivedMail[] }> = ({ mails }) => (
  <ol>
    {mails.map(({ number, mail, receivedAt }) => (
      <li>
        <a href={`/_/inbox/${number}`}>{mail.subject === '' ? '(no subject)' : mail.subject}</a>
        <div class="quiet">
          {mail.to.map(spelled).join(', ')}, {formatDate(receivedAt)}
        </div>
      </li>
    ))}
  </ol>
)

const Page: FC<{ title: string; refreshSeconds?: number; children?: Child }> = ({
  title,
  refreshSeconds,
  children,
}) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      {refreshSeconds === undefined ? null : (
        <meta http-equiv="refresh" content={String(refreshSeconds)} />
      )}
      <title>{title}</title>
      <style>{raw(style)}</style>
    </head>
    <body>
      <main>{children}</main>
    </body>
  </html>
)

function page(content: Child): string {
  return `<!doctype html>${String(content)}\n`
}

function spelled({ name, address }: Mailbox): string {
  return name === '' ? address : `${name} <${address}>`
}
