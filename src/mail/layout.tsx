import type { FC } from 'hono/jsx'
import { raw } from 'hono/html'

interface Content {
  readonly appName: string
  readonly subject: string
  /** HTML, taken as it is: who may write templates may write any mail. */
  readonly body: string
}

/** Fetches nothing, so opening a mail cannot be tracked. */
const style = `
:root { color-scheme: light dark; }
body { margin: 0; padding: 24px 12px; background: #f6f5f1; color: #1e1c17;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 36rem; margin: 0 auto; padding: 24px; background: #fff; border-radius: 8px;
  overflow-wrap: anywhere; }
a { color: #0b6477; }
a.btn { display: inline-block; padding: 10px 20px; border-radius: 6px; background: #0b6477;
  color: #fff; font-weight: 600; text-decoration: none; }
footer { max-width: 36rem; margin: 12px auto 0; color: #5d584c; font-size: 13px;
  text-align: center; }
@media (prefers-color-scheme: dark) {
  body { background: #131210; color: #edeae2; }
  main { background: #1b1a17; }
  a { color: #62c4d6; }
  a.btn { background: #62c4d6; color: #06262d; }
  footer { color: #b5afa2; }
}
`

/** A mail's HTML: its body in a page that is readable in light and dark, on any width. */
export function renderLayout(content: Content): string {
  return `<!doctype html>${(<Layout {...content} />).toString()}\n`
}

const Layout: FC<Content> = ({ appName, subject, body }) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="supported-color-schemes" content="light dark" />
      <title>{subject}</title>
      <style>{raw(style)}</style>
    </head>
    <body>
      <main>{raw(body)}</main>
      <footer>{appName}</footer>
    </body>
  </html>
)
