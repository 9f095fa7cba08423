import type { Child, FC } from 'hono/jsx'
import { raw } from 'hono/html'
import { pageStyle } from '#http/page-style.ts'
import type { Mailbox, OutgoingMail } from '#platform/mailer.ts'
import type { ReceivedMail } from './inbox.ts'
import { codeIn } from './mail-code.ts'

const updateSeconds = 5

const style = `
body { max-width: 48rem; margin: 0 auto; }
header { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between;
  gap: 0 16px; }
.quiet, dt { color: var(--muted); }
.card { margin: 0; padding: 0 16px; background: var(--surface); border: 1px solid var(--line);
  border-radius: 8px; list-style: none; }
.card > li { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 16px; padding: 12px 0; }
.card > li + li { border-top: 1px solid var(--line); }
.card > p { margin: 16px 0; }
.mail { flex: 1 1 16rem; min-width: 0; }
.mail a { font-weight: 600; }
.mail .quiet { display: flex; flex-wrap: wrap; gap: 0 16px; font-size: .9375rem; }
.code { display: flex; align-items: center; gap: 8px; margin: 0 0 16px; }
li .code { margin: 0; }
.code code { padding: 8px 12px; border-radius: 4px; background: var(--sunken); font-size: 1.125rem;
  letter-spacing: .08em; }
button { min-height: 44px; min-width: 6.5rem; padding: 4px 12px; border: 1px solid var(--control);
  border-radius: 4px; background: var(--surface); color: var(--text); font: inherit;
  cursor: pointer; }
button:hover { background: var(--sunken); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 0 0 16px; }
dd { margin: 0; }
iframe { display: block; width: 100%; height: 28rem; border: 1px solid var(--line);
  border-radius: 8px; background: var(--surface); }
pre { margin: 0; padding: 12px; border: 1px solid var(--line); border-radius: 8px;
  background: var(--surface); white-space: pre-wrap; }
summary { cursor: pointer; padding: 8px 0; }
`

/** The list of mails, as a page. It updates itself, until its reader stops that. */
export function renderInbox(mails: readonly ReceivedMail[], updates: 'on' | 'off'): string {
  const seconds = updates === 'on' ? updateSeconds : undefined
  return page(
    <Page title="Inbox" refreshSeconds={seconds}>
      <header>
        <h1>Inbox</h1>
        <p class="quiet">
          {seconds === undefined ? (
            <>
              Updates are stopped. <a href="/_/inbox">Resume</a>
            </>
          ) : (
            <>
              Updates every {seconds} seconds. <a href="/_/inbox?updates=off">Stop</a>
            </>
          )}
        </p>
      </header>
      <p class="quiet">
        While Arete runs on this machine, mails are not sent. The last 100 are kept here.
      </p>
      <div id="mails" data-latest={mails[0]?.number ?? 0} data-seconds={seconds}>
        {mails.length === 0 ? <NoMail /> : <MailList mails={mails} />}
      </div>
    </Page>,
  )
}

/** One mail, as a page: as a reader shows it, as text, and its source. */
export function renderInboxMail({ number, mail, receivedAt }: ReceivedMail): string {
  const title = subjectOf(mail)
  return page(
    <Page title={title}>
      <p>
        <a href="/_/inbox">Inbox</a>
      </p>
      <h1 id={`mail-${number}`}>{title}</h1>
      <Code number={number} text={mail.text} />
      <dl>
        <dt>From</dt>
        <dd>{spelled(mail.from)}</dd>
        <dt>To</dt>
        <dd>{mail.to.map(spelled).join(', ')}</dd>
        <dt>Date</dt>
        <dd>
          <Moment at={receivedAt} />
        </dd>
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

const NoMail: FC = () => (
  <div class="card">
    <p>No mail yet. Mails appear here when a user requests a code, a verification or a reset.</p>
  </div>
)

const MailList: FC<{ mails: readonly ReceivedMail[] }> = ({ mails }) => (
  <ol class="card">
    {mails.map(({ number, mail, receivedAt }) => (
      <li>
        <div class="mail">
          <a href={`/_/inbox/${number}`} id={`mail-${number}`}>
            {subjectOf(mail)}
          </a>
          <div class="quiet">
            <span>{mail.to.map(spelled).join(', ')}</span>
            <Moment at={receivedAt} />
          </div>
        </div>
        <Code number={number} text={mail.text} />
      </li>
    ))}
  </ol>
)

/** The code in a mail, with a button that copies it where scripts run. */
const Code: FC<{ number: number; text: string }> = ({ number, text }) => {
  const code = codeIn(text)
  return code === undefined ? null : (
    <p class="code">
      <code>{code}</code>
      <button
        type="button"
        id={`copy-${number}`}
        data-code={code}
        aria-live="polite"
        aria-describedby={`mail-${number}`}
        hidden
      >
        Copy
      </button>
    </p>
  )
}

/** A moment in UTC, which the script turns into the reader's time. */
const Moment: FC<{ at: Date }> = ({ at }) => {
  const [seconds = ''] = at.toISOString().split('.')
  return <time datetime={`${seconds}Z`}>{`${seconds.replace('T', ' ')} UTC`}</time>
}

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
        <noscript>
          <meta http-equiv="refresh" content={String(refreshSeconds)} />
        </noscript>
      )}
      <title>{title}</title>
      <link rel="icon" href="/favicon.ico" />
      <style>{raw(pageStyle + style)}</style>
      <script src="/_/inbox/inbox.js" defer></script>
    </head>
    <body>
      <main>{children}</main>
    </body>
  </html>
)

function page(content: Child): string {
  return `<!doctype html>${String(content)}\n`
}

function subjectOf({ subject }: OutgoingMail): string {
  return subject === '' ? '(no subject)' : subject
}

function spelled({ name, address }: Mailbox): string {
  return name === '' ? address : `${name} <${address}>`
}
