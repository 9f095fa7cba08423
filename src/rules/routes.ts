import { Hono } from 'hono'
import type { AppEnv } from '#http/app-env.ts'
import { readForm } from '#http/body/form.ts'
import { explainForm } from './explain-form.ts'
import { explainRequest } from './explain.ts'

/** Explains to superusers why a request is allowed or refused. */
export const ruleRoutes = new Hono<AppEnv>().post('/rules/explain', async (c) => {
  const { transactor, passwords, rateLimiter } = c.get('services')
  const explanation = await explainRequest({
    transactor,
    passwords,
    count: (context, collection) =>
      rateLimiter.count(context, collection && { collection, tags: ['explain'] }),
    readForm: () => readForm(c, explainForm()),
  })
  return c.json(explanation)
})
