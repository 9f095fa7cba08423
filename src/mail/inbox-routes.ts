import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { AppEnv } from '#http/app-env.ts'
import { isOwnMachine } from '#http/network/own-machine.ts'
import { formatDate } from '#kernel/dates.ts'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { findInInbox, listInbox, type ReceivedMail } from './inbox.ts'
import { codeIn } from './mail-code.ts'

/**
 * The mails of the local inbox, newest first, for requests from the same machine. They do not exist
 * where mails are sent. Database: 1 read.
 */
export const inboxRoutes = new Hono<AppEnv>()
  .use('/mail/inbox/*', onlyHere())
  .get('/mail/inbox', async (c) => {
    const mails = await listInbox(c.get('services').db)
    return c.json({ items: mails.map(headOf) })
  })
  .get('/mail/inbox/:number{[0-9]+}', async (c) => {
    const received = await findMail(c)
    const { id, text, html } = received.mail
    return c.json({ ...headOf(received), id, text, html })
  })

/**
 * The policy of a mail: no scripts, no forms, nothing from elsewhere. Links open in a tab that is
 * free of the sandbox.
 */
const bodyPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"

/** The body of a mail as a page, for a frame of the dashboard, and the former addresses of mails. */
export const inboxPageRoutes = new Hono<AppEnv>()
  .use('/inbox/*', onlyHere())
  .get('/inbox', (c) => c.redirect('/_/mail/inbox'))
  .get('/inbox/:number{[0-9]+}', (c) => c.redirect(`/_/mail/inbox/${c.req.param('number')}`))
  .get('/inbox/:number{[0-9]+}/body', async (c) => {
    const { mail } = await findMail(c)
    c.header('Content-Security-Policy', bodyPolicy)
    // Without it a link would replace the mail in its frame.
    return c.html(`<!doctype html><base target="_blank">${mail.html}`)
  })

function onlyHere(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (!isOwnMachine(c)) throw new ApiError(commonErrors.fileNotFound)
    await next()
    c.res.headers.set('Cache-Control', 'no-store')
  }
}

async function findMail(c: Context<AppEnv, '/:number'>): Promise<ReceivedMail> {
  const found = await findInInbox(c.get('services').db, Number(c.req.param('number')))
  if (found === undefined) throw new ApiError(commonErrors.fileNotFound)
  return found
}

/** A mail without its body. */
function headOf({ number, receivedAt, mail }: ReceivedMail) {
  const { from, to, subject, text } = mail
  return { number, received: formatDate(receivedAt), from, to, subject, code: codeIn(text) ?? '' }
}
