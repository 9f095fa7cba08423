/*
 * The pages of links in mails, so that an application without pages of its own works at once.
 * Opening a page changes nothing; its form does. Only the token in the URL authorises a form, no
 * cookie or session. So there is nothing another site could exploit by sending the form, and no
 * CSRF token is needed.
 */
import { type Context, Hono } from 'hono'
import * as z from 'zod'
import { lazy } from '#kernel/lazy.ts'
import { accountClaims, type AccountTokenKind } from '#auth/account-mail/account-tokens.ts'
import { confirmEmailChange } from '#auth/account-mail/confirm-email-change.ts'
import { confirmPasswordReset } from '#auth/account-mail/confirm-password-reset.ts'
import { confirmVerification } from '#auth/account-mail/confirm-verification.ts'
import { readAppName } from '#collections/read-app-name.ts'
import type { AppEnv } from '#http/app-env.ts'
import { readForm } from '#http/body/form.ts'
import { answerErrorPage, answerPage, type Page } from '#http/page.tsx'
import { ApiError, commonErrors } from '#kernel/errors.ts'
import { type Link, readLink } from './link.ts'
import {
  brokenLinkPage,
  emailChangePage,
  notice,
  passwordResetPage,
  type Refusal,
  verificationPage,
} from './pages.tsx'
import { closeWindow, followLink } from './scripts.ts'

const passwordInput = lazy(() =>
  z.object({
    password: z.string().default(''),
    passwordConfirm: z.string().default(''),
  }),
)

/** The pages under `/_/`. */
export const pageRoutes = new Hono<AppEnv>()
  .get('/_/auth/follow-link.js', (c) => script(c, followLink))
  .get('/_/auth/close-window.js', (c) => script(c, closeWindow))

  .get('/_/auth/confirm-verification/:token', async (c) => {
    const link = await readLink(c.get('services'), 'verification', c.req.param('token'))
    if (link.holder?.isVerified) return c.redirect('/_/auth/email-confirmed', 303)
    return answerLink(c, link, verificationPage)
  })
  .post('/_/auth/confirm-verification/:token', async (c) => {
    const token = c.req.param('token')
    return await submit(c, 'verification', verificationPage, async (collection) => {
      await confirmVerification(c.get('services'), { collection, form: async () => ({ token }) })
      return '/_/auth/email-confirmed'
    })
  })
  .get('/_/auth/email-confirmed', async (c) => {
    const text = 'Thank you. You can close this page and go on where you were.'
    return answerPage(
      c,
      notice(await readAppName(c.get('services')), 'Your email address is confirmed', text),
    )
  })

  .get('/_/auth/confirm-password-reset/:token', async (c) => {
    const link = await readLink(c.get('services'), 'passwordReset', c.req.param('token'))
    return answerLink(c, link, passwordResetPage)
  })
  .post('/_/auth/confirm-password-reset/:token', async (c) => {
    const token = c.req.param('token')
    return await submit(c, 'passwordReset', passwordResetPage, async (collection) => {
      const form = async () => ({ token, ...(await readForm(c, passwordInput())) })
      await confirmPasswordReset(c.get('services'), { collection, form })
      return '/_/auth/password-changed'
    })
  })
  .get('/_/auth/password-changed', async (c) => {
    const text = 'You can now sign in with your new password.'
    return answerPage(
      c,
      notice(await readAppName(c.get('services')), 'Your password is changed', text),
    )
  })

  .get('/_/auth/confirm-email-change/:token', async (c) => {
    const link = await readLink(c.get('services'), 'emailChange', c.req.param('token'))
    return answerLink(c, link, emailChangePage)
  })
  .post('/_/auth/confirm-email-change/:token', async (c) => {
    const token = c.req.param('token')
    return await submit(c, 'emailChange', emailChangePage, async (collection) => {
      const form = async () => ({ token, ...(await readForm(c, passwordInput())) })
      await confirmEmailChange(c.get('services'), { collection, form })
      return '/_/auth/email-changed'
    })
  })
  .get('/_/auth/email-changed', async (c) => {
    const text = 'You can now sign in with your new address.'
    return answerPage(
      c,
      notice(await readAppName(c.get('services')), 'Your email address is changed', text),
    )
  })

  .get('/_/auth/oauth2-redirect-success', async (c) => {
    const text = 'You can close this window and go back to the app.'
    const page = notice(await readAppName(c.get('services')), 'You are signed in', text)
    return answerPage(c, { ...page, script: '/_/auth/close-window.js' })
  })
  .get('/_/auth/oauth2-redirect-failure', async (c) => {
    const text = 'You can close this window, go back to the app and try again.'
    return answerPage(
      c,
      notice(await readAppName(c.get('services')), 'The sign-in did not work', text),
    )
  })
  .onError(answerErrorPage)

type PageOf = (link: Link, refusal?: Refusal) => Page

function answerLink(c: Context<AppEnv>, link: Link, pageOf: PageOf): Response {
  const { holder, email, appName } = link
  // A mail to an address that the account no longer has proves nothing.
  return holder?.email === email
    ? answerPage(c, pageOf(link))
    : answerPage(c, brokenLinkPage(appName), 400)
}

/**
 * Submits a form and redirects to a page without the token in its URL, so that back, reload and the
 * history are harmless. An error shows the form again.
 */
async function submit(
  c: Context<AppEnv>,
  kind: AccountTokenKind,
  pageOf: PageOf,
  act: (collectionId: string) => Promise<string>,
): Promise<Response> {
  const token = c.req.param('token') ?? ''
  try {
    return c.redirect(await act(accountClaims(token).collectionId), 303)
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500) throw error
    const link = await readLink(c.get('services'), kind, token)
    if (link.holder === undefined) return answerPage(c, brokenLinkPage(link.appName), 400)
    if (error.retryAfterSeconds !== undefined) {
      c.header('Retry-After', String(error.retryAfterSeconds))
    }
    return answerPage(c, pageOf(link, refusalOf(error)), error.status)
  }
}

function refusalOf({ code, issues, message, retryAfterSeconds }: ApiError): Refusal {
  if (code === commonErrors.tooManyRequests.code) {
    const seconds = Math.max(1, retryAfterSeconds ?? 1)
    return { issues, alert: `Too many tries. Please wait ${seconds} seconds and try again.` }
  }
  const isExplained = 'password' in issues || 'passwordConfirm' in issues || 'email' in issues
  return isExplained ? { issues } : { issues, alert: message }
}

function script(c: Context<AppEnv>, text: string): Response {
  c.header('Cache-Control', 'public, max-age=3600')
  return c.body(text, 200, { 'Content-Type': 'text/javascript; charset=utf-8' })
}
