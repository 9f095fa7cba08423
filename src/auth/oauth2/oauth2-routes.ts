import { Hono } from 'hono'
import type { AppEnv } from '#http/app-env.ts'
import { clientIp } from '#http/network/client-ip.ts'
import { readForm } from '#http/body/form.ts'
import { queryMap } from '#http/query.ts'
import { bodyLimit } from '#http/body/raw-body.ts'
import { budget } from '#kernel/budget.ts'
import { ApiError } from '#kernel/errors.ts'
import { appleSecretForm, generateAppleSecret } from './apple-client-secret.ts'
import { answerSignIn, type AuthContext, signInRequest } from '#auth/auth-request.ts'
import { receiveRedirect, redirectForm, type RedirectRequest } from './oauth2-redirect.ts'
import { oauth2Form, signInWithOAuth2 } from './with-oauth2.ts'

/** Routes for OAuth2 sign-in. */
export const oauth2Routes = new Hono<AppEnv>()
  .post(
    '/collections/:collection/auth-with-oauth2',
    bodyLimit(budget.largeFormBytes),
    async (c) => {
      const answer = await signInWithOAuth2(c.get('services'), {
        ...signInRequest(c, 'oauth2'),
        form: () => readForm(c, oauth2Form()),
      })
      return answerSignIn(c, answer)
    },
  )
  .get('/oauth2-redirect', (c) => lead(c, async () => redirectForm().parse(queryMap(c.req.url))))
  .post('/oauth2-redirect', (c) => lead(c, () => readForm(c, redirectForm())))
  .post('/settings/apple/generate-client-secret', async (c) => {
    return c.json(
      await generateAppleSecret(c.get('services'), () => readForm(c, appleSecretForm())),
    )
  })

/** Redirects the user to a page with the result. */
async function lead(c: AuthContext, form: RedirectRequest['form']): Promise<Response> {
  const isDone = await receiveRedirect(c.get('services'), {
    form,
    clientIp: (settings) => clientIp(c, settings),
  }).catch(refusedAsFailure)
  const outcome = isDone ? 'success' : 'failure'
  // The page must be requested with GET.
  const status = c.req.method === 'GET' ? 307 : 303
  return c.redirect(`../_/auth/oauth2-redirect-${outcome}`, status)
}

/** Users see this response in a browser, so it is not JSON. */
function refusedAsFailure(error: unknown): false {
  if (error instanceof ApiError && error.status === 400) return false
  throw error
}
