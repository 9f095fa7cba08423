import type { Page } from '#http/page.tsx'

/**
 * The page at `/_/` if the dashboard was not built. It still redirects links of PocketBase's
 * default mails, whose fragment never reaches a server.
 */
export function notBuiltPage(appName: string): Page {
  return {
    title: 'The dashboard is not built',
    appName,
    script: '/_/auth/follow-link.js',
    content: (
      <>
        <h1>The dashboard is not built</h1>
        <p>
          {appName} runs on Arete, and its API works. To build the dashboard, run this and start
          again:
        </p>
        <pre>npm run build:dashboard</pre>
        <p>
          <a href="/">Start page</a>
        </p>
        <noscript>
          <p>
            Did a link in a mail lead you here? Without JavaScript please take the{' '}
            <strong>#/</strong> out of the address above: <code>/_/#/auth/…</code> becomes{' '}
            <code>/_/auth/…</code>
          </p>
        </noscript>
      </>
    ),
  }
}
