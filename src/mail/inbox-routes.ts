import { Hono } from 'hono'
import type { AppEnv } from '#http/app-env.ts'
import { isOwnMachine } from '#http/network/own-machine.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { findInInbox, listInbox } from './inbox.ts'
import { renderInbox, renderInboxMail } from './inbox-page.tsx'
import { inboxScript } from './inbox-script.ts'

/**
 * Allows the page's own script and nothing from elsewhere. The frame with the mail inherits the
 * policy, and its sandbox forbids scripts.
 */
const contentPolicy =
  "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

/** The pages of the local inbox. They do not exist where mails are sent. */
export const inboxRoutes = new Hono<AppEnv>()
  .use('/inbox/*', async (c, next) => {
    if (!isOwnMachine(c)) throw new ApiError(commonErrors.fileNotFound)
    await next()
    c.res.headers.set('Content-Security-Policy', contentPolicy)
    c.res.headers.set('Cache-Control', 'no-store')
  })
  .get('/inbox', async (c) => {
    const updates = c.req.query('updates') === 'off' ? 'off' : 'on'
    return c.html(renderInbox(await listInbox(c.var.db), updates))
  })
  .get('/inbox/inbox.js', (c) =>
    c.body(inboxScript, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }),
  )
  .get('/inbox/:number{[0-9]+}', async (c) => {
    const found = await findInInbox(c.var.db, Number(c.req.param('number')))
    if (found === undefined) throw new ApiError(commonErrors.fileNotFound)
    return c.html(renderInboxMail(found))
  })
