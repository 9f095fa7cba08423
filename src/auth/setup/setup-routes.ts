import { Hono } from 'hono'
import { authRequest } from '#auth/auth-request.ts'
import type { AppEnv } from '#http/app-env.ts'
import { readForm } from '#http/body/form.ts'
import { setUp, setupForm } from './set-up.ts'

/** The route that makes the first superuser. */
export const setupRoutes = new Hono<AppEnv>().post('/setup', async (c) => {
  const form = () => readForm(c, setupForm())
  const answer = await setUp(c.get('services'), { ...authRequest(c, 'default'), form })
  c.header('Cache-Control', 'no-store')
  return c.json(answer)
})
