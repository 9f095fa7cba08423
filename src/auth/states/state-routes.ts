import { Hono } from 'hono'
import * as z from 'zod'
import type { AppEnv } from '#http/app-env.ts'
import { readForm } from '#http/body/form.ts'
import { validateQuery } from '#http/body/validate.ts'
import { authRequest } from '#auth/auth-request.ts'
import { disableAccount, disableForm, enableAccount } from './disable-account.ts'
import { listStates } from './list-states.ts'

const validQuery = validateQuery(z.object({ record: z.string().optional() }))

/** Routes for accounts that cannot sign in. */
export const stateRoutes = new Hono<AppEnv>()
  .get('/collections/:collection/states', validQuery, async (c) => {
    const { record } = c.req.valid('query')
    const { collection } = authRequest(c, 'default')
    return c.json(await listStates(c.get('services'), { collection, recordId: record }))
  })
  .post('/collections/:collection/disable/:id', async (c) => {
    await disableAccount(c.get('services'), {
      ...authRequest(c, 'default'),
      recordId: c.req.param('id'),
      form: () => readForm(c, disableForm()),
    })
    return c.body(null, 204)
  })
  .post('/collections/:collection/enable/:id', async (c) => {
    const { collection } = authRequest(c, 'default')
    await enableAccount(c.get('services'), { collection, recordId: c.req.param('id') })
    return c.body(null, 204)
  })
