import { Hono } from 'hono'
import * as z from 'zod'
import type { AppEnv } from '#http/app-env.ts'
import { constant } from '#database/query.ts'
import { readForm } from '#http/body/form.ts'
import { validateQuery } from '#http/body/validate.ts'
import { authMethods } from '#auth/sign-in/auth-methods.ts'
import { answerSignIn, type AuthContext, authRequest, signInRequest } from './auth-request.ts'
import { endOtherSessions } from '#auth/sessions/end-other-sessions.ts'
import { endOneSession, logOut } from '#auth/sessions/end-session.ts'
import { requireAuth, requireCollection } from './guards.ts'
import { impersonate, impersonateForm } from '#auth/sign-in/impersonate.ts'
import { listOwnSessions } from '#auth/sessions/list-sessions.ts'
import { refreshToken } from '#auth/sessions/refresh.ts'
import { otpRequestForm, requestOtp } from '#auth/sign-in/request-otp.ts'
import type { SessionsRequest } from '#auth/sessions/session-owner.ts'
import { otpForm, signInWithOtp } from '#auth/sign-in/with-otp.ts'
import { passwordForm, signInWithPassword } from '#auth/sign-in/with-password.ts'

/** The owner of the sessions: the caller by default, or, for superusers, a record. */
const sessionsQuery = z.object({ record: z.string().optional() })

type SessionsQuery = z.infer<typeof sessionsQuery>

const validOwner = validateQuery(sessionsQuery)

/** Routes for signing in and for sessions. */
export const authRoutes = new Hono<AppEnv>()
  .get('/collections/:collection/auth-methods', async (c) => {
    const methods = await c.get('services').transactor.read((context) => {
      const named = requireCollection(context, c.req.param('collection'))
      c.get('services').rateLimiter.count(context, { collection: named, tags: ['listAuthMethods'] })
      const collection = requireAuth(named)
      return constant(authMethods(collection))
    })
    return c.json(methods)
  })
  .post('/collections/:collection/auth-with-password', async (c) => {
    const answer = await signInWithPassword(c.get('services'), {
      ...signInRequest(c, 'password'),
      form: () => readForm(c, passwordForm()),
    })
    return answerSignIn(c, answer)
  })
  .post('/collections/:collection/request-otp', async (c) => {
    const form = () => readForm(c, otpRequestForm())
    return c.json(await requestOtp(c.get('services'), { ...authRequest(c, 'default'), form }))
  })
  .post('/collections/:collection/auth-with-otp', async (c) => {
    const answer = await signInWithOtp(c.get('services'), {
      ...signInRequest(c, 'otp'),
      form: () => readForm(c, otpForm()),
    })
    return answerSignIn(c, answer)
  })
  .post('/collections/:collection/auth-refresh', async (c) => {
    return c.json(await refreshToken(c.get('services'), authRequest(c, 'default')))
  })
  .post('/collections/:collection/impersonate/:id', async (c) => {
    const answer = await impersonate(c.get('services'), {
      ...authRequest(c, 'default'),
      recordId: c.req.param('id'),
      form: () => readForm(c, impersonateForm()),
    })
    return c.json(answer)
  })
  .post('/collections/:collection/logout', async (c) => {
    await logOut(c.get('services'), c.req.param('collection'))
    return c.body(null, 204)
  })
  .get('/collections/:collection/sessions', validOwner, async (c) => {
    return c.json(
      await listOwnSessions(c.get('services'), sessionsRequest(c, c.req.valid('query'))),
    )
  })
  .delete('/collections/:collection/sessions', validOwner, async (c) => {
    await endOtherSessions(c.get('services'), sessionsRequest(c, c.req.valid('query')))
    return c.body(null, 204)
  })
  .delete('/collections/:collection/sessions/:id', validOwner, async (c) => {
    const request = sessionsRequest(c, c.req.valid('query'))
    await endOneSession(c.get('services'), request, c.req.param('id'))
    return c.body(null, 204)
  })

function sessionsRequest(c: AuthContext, { record }: SessionsQuery): SessionsRequest {
  return { collection: c.req.param('collection') ?? '', recordId: record }
}
