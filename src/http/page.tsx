import type { Context } from 'hono'
import { raw } from 'hono/html'
import type { Child, FC } from 'hono/jsx'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { randomString } from '#kernel/random.ts'
import type { AppEnv } from './app-env.ts'
import { onError } from './error-response.ts'
import { pageStyle } from './page-style.ts'

/** An HTML page. */
export interface Page {
  readonly title: string
  /** The application's name in the settings. */
  readonly appName: string
  readonly content: Child
  /** The path of a script of ours that the page loads. Pages work without it. */
  readonly script?: string
}

const styleSheet = `
main { max-width: 28rem; margin: 16px auto 0; padding: 24px; background: var(--surface);
  border: 1px solid var(--line); border-radius: 8px; }
header { max-width: 28rem; margin: 4vh auto 0; color: var(--muted); text-align: center; }
main > img { display: block; margin: 0 0 12px; }
main > :last-child, form > :last-child { margin-bottom: 0; }
label { display: block; margin-bottom: 4px; font-weight: 600; }
.field { margin-bottom: 20px; }
.hint { margin: 0 0 4px; color: var(--muted); font-size: .9375rem; }
.error { margin: 0 0 4px; color: var(--danger); font-weight: 600; }
input { width: 100%; min-height: 46px; padding: 8px 12px; border: 1px solid var(--control);
  border-radius: 4px; background: var(--surface); color: var(--text); font: inherit; }
input[readonly] { border-style: dashed; }
input[aria-invalid=true] { border: 2px solid var(--danger); }
button { width: 100%; min-height: 48px; padding: 8px 20px; border: 0; border-radius: 4px;
  background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600;
  cursor: pointer; }
.links { list-style: none; margin: 0 -8px 16px; padding: 0; }
.links a { display: block; padding: 8px; border-radius: 4px; text-decoration: none; }
.links a:hover { background: var(--sunken); }
.links strong { display: block; text-decoration: underline; text-underline-offset: .15em; }
.links span { color: var(--muted); font-size: .9375rem; }
pre { margin: 0 0 16px; padding: 8px 12px; border-radius: 4px; background: var(--sunken);
  font-size: .875rem; white-space: pre-wrap; }
@media (forced-colors: active) { button { border: 1px solid; } }
`

/**
 * Responds with a page that works without scripts, in light and dark mode and at any width.
 *
 * It runs only the named script, posts its forms only here, cannot be framed, is not cached, and
 * does not leak its URL, which may contain a token, to other sites.
 */
export function answerPage(
  c: Context<AppEnv>,
  page: Page,
  status: ContentfulStatusCode = 200,
): Response {
  const nonce = randomString(24)
  c.header('Content-Security-Policy', contentPolicy(page, nonce))
  c.header('X-Frame-Options', 'DENY')
  c.header('Referrer-Policy', 'no-referrer')
  c.header('Cache-Control', 'no-store')
  const html = (<Layout {...page} nonce={nonce} />).toString()
  return c.body(`<!doctype html>${html}`, status, { 'Content-Type': 'text/html; charset=utf-8' })
}

/** Responds to an error in a page's handler with a page: like `onError`, without the cause. */
export function answerErrorPage(error: unknown, c: Context<AppEnv>): Response {
  const { status } = onError(error, c)
  const content = (
    <>
      <h1>Something went wrong</h1>
      <p>Please try again in a moment.</p>
    </>
  )
  const page = { title: 'Something went wrong', appName: 'Sorry', content }
  return answerPage(c, page, status === 429 || status === 503 ? status : 500)
}

function contentPolicy({ script }: Page, nonce: string): string {
  return [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    ...(script === undefined ? [] : ["script-src 'self'"]),
    "img-src 'self' data:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

const Layout: FC<Page & { readonly nonce: string }> = (page) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="robots" content="noindex" />
      <title>{`${page.title} – ${page.appName}`}</title>
      <link rel="icon" href="/favicon.ico" />
      <style nonce={page.nonce}>{raw(pageStyle + styleSheet)}</style>
      {page.script === undefined ? null : <script src={page.script} defer></script>}
    </head>
    <body>
      <header>{page.appName}</header>
      <main>{page.content}</main>
    </body>
  </html>
)
