import { type Context, Hono } from 'hono'
import type { AppEnv } from '#http/app-env.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { findInInbox, listInbox } from './inbox.ts'
import { renderInbox, renderInboxMail } from './inbox-page.tsx'

/** Nothing but what is on the page, also in the frame with the mail, which inherits it. */
const contentPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

/** The pages of the local inbox. Where mails are sent, there are none. */
export const inboxRoutes = new Hono<AppEnv>()
  .use('/inbox/*', async (c, next) => {
    if (!isShown(c)) throw new ApiError(commonErrors.fileNotFound)
    await next()
    c.res.headers.set('Content-Security-Policy', contentPolicy)
    c.res.headers.set('Cache-Control', 'no-store')
  })
  .get('/inbox', async (c) => c.html(renderInbox(await listInbox(c.var.db))))
  .get('/inbox/:number{[0-9]+}', async (c) => {
    const found = await findInInbox(c.var.db, Number(c.req.param('number')))
    if (found === undefined) throw new ApiError(commonErrors.fileNotFound)
    return c.html(renderInboxMail(found))
  })

/**
 * Only to the machine's own user. A script of some other page gives its origin away, unless its
 * name was pointed at this machine after it had loaded (DNS rebinding): then the name is in `Host`.
 */
function isShown(c: Context<AppEnv>): boolean {
  if (c.env.LOCAL_INBOX !== '1' || c.req.header('Origin') !== undefined) return false
  const host = c.req.header('Host')
  return isLoopback(c.req.url) && (host === undefined || isLoopback(`http://${host}`))
}

const loopbackHost = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

function isLoopback(url: string): boolean {
  return URL.canParse(url) && loopbackHost.test(new URL(url).hostname)
}
