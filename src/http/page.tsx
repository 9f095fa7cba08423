import type { Context } from 'hono'
import { raw } from 'hono/html'
import type { Child, FC } from 'hono/jsx'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { randomString } from '#kernel/random.ts'
import type { AppEnv } from './app-env.ts'

/** A page for people. */
export interface Page {
  readonly title: string
  /** Whose page it is, as the settings say. */
  readonly appName: string
  readonly content: Child
  /** A script file of our own that the page loads, by its path. Pages work without. */
  readonly script?: string
}

const styleSheet = `
:root { color-scheme: light dark; --page: #f4f5f7; --card: #fff; --text: #1c1f24; --muted: #545b65;
  --line: #767c86; --accent: #0b57d0; --on-accent: #fff; --error: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --page: #16181c; --card: #22252b; --text: #e6e8eb; --muted: #b4bac3; --line: #8b929c;
    --accent: #8ab4f8; --on-accent: #10131a; --error: #ffb4ab; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 24px 16px; background: var(--page); color: var(--text);
  font: 1.0625rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 27rem; margin: 4vh auto 0; padding: 24px; background: var(--card);
  border-radius: 12px; overflow-wrap: anywhere; }
header, footer { max-width: 27rem; margin: 0 auto; color: var(--muted); text-align: center; }
h1 { margin: 0 0 12px; font-size: 1.5rem; line-height: 1.25; }
p { margin: 0 0 16px; }
main > :last-child, form > :last-child { margin-bottom: 0; }
label { display: block; margin-bottom: 4px; font-weight: 600; }
.field { margin-bottom: 20px; }
.hint { margin: 0 0 4px; color: var(--muted); font-size: .9375rem; }
.error { margin: 0 0 4px; color: var(--error); font-weight: 600; }
input { width: 100%; min-height: 46px; padding: 8px 12px; border: 1px solid var(--line);
  border-radius: 8px; background: var(--card); color: var(--text); font: inherit; }
input[readonly] { border-style: dashed; }
input[aria-invalid=true] { border: 2px solid var(--error); }
button { width: 100%; min-height: 48px; padding: 8px 20px; border: 0; border-radius: 8px;
  background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600;
  cursor: pointer; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (forced-colors: active) { button { border: 1px solid; } }
`

/**
 * Answers with a page that needs no script, in light or dark, on any width.
 *
 * It runs nothing but the script named, sends its forms to us alone, cannot be framed, is kept by
 * nobody, and tells no other site its address, which may hold a token.
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

function contentPolicy({ script }: Page, nonce: string): string {
  return [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    ...(script === undefined ? [] : ["script-src 'self'"]),
    'img-src data:',
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
      <link rel="icon" href="data:," />
      <style nonce={page.nonce}>{raw(styleSheet)}</style>
      {page.script === undefined ? null : <script src={page.script} defer></script>}
    </head>
    <body>
      <header>{page.appName}</header>
      <main>{page.content}</main>
    </body>
  </html>
)
