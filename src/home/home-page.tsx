import type { FC } from 'hono/jsx'
import type { Page } from '#http/page.tsx'

/** The start page. Only on a local machine does it show the next steps. */
export function homePage(appName: string, place: 'own machine' | 'deployment'): Page {
  const isLocal = place === 'own machine'
  return {
    title: 'Arete is running',
    appName,
    content: (
      <>
        <img src="/favicon.ico" alt="" width="40" height="40" />
        <h1>Arete is running</h1>
        <p>
          This is the back end of {appName}: records, files, accounts and realtime, behind the HTTP
          API of PocketBase.
        </p>
        <ul class="links">
          <Entry href="/api/health" name="Health" about="Checks that the API responds" />
          {isLocal ? (
            <Entry
              href="/_/mail/inbox"
              name="Inbox"
              about="The mails of this machine, which are not sent"
            />
          ) : null}
          <Entry
            href="https://pocketbase.io/docs/api-records/"
            name="API reference"
            about="Requests, rules and SDKs, at pocketbase.io"
          />
        </ul>
        {isLocal ? <NextSteps /> : null}
      </>
    ),
  }
}

const Entry: FC<{ href: string; name: string; about: string }> = ({ href, name, about }) => (
  <li>
    <a href={href}>
      <strong>{name}</strong>
      <span>{about}</span>
    </a>
  </li>
)

const NextSteps: FC = () => (
  <>
    <p>Create a superuser to define collections:</p>
    <pre>npm run superuser -- upsert EMAIL PASSWORD</pre>
    <p>
      Put your front end into <code>public/</code>, and its <code>index.html</code> replaces this
      page. <code>README.md</code> covers the rest.
    </p>
  </>
)
