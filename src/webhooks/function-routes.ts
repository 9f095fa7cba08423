import { Hono } from 'hono'
import type { AppEnv } from '#http/app-env.ts'
import { assertSuperuser } from '#http/guards.ts'
import { queryMap, readPaging } from '#http/query.ts'
import { planCallList, readRange } from './deliveries.ts'
import { planFunctions } from './functions.ts'

/**
 * The durable hooks and tasks of an application and their calls, for superusers. A call is a delivery:
 * the routes of webhooks view and replay it. Database: 1 batch.
 *
 * @param endpoints of the functions that the application has
 */
export function createFunctionRoutes(endpoints: readonly string[]) {
  return new Hono<AppEnv>()
    .get('/functions', async (c) => {
      const functions = await c.get('services').transactor.read((context) => {
        c.get('services').rateLimiter.count(context)
        assertSuperuser(context.caller)
        return planFunctions(endpoints, context.now)
      })
      return c.json(functions)
    })
    .get('/functions/deliveries', async (c) => {
      const page = await c.get('services').transactor.read((context) => {
        c.get('services').rateLimiter.count(context)
        assertSuperuser(context.caller)
        const query = queryMap(c.req.url)
        return planCallList(context, { ...readRange(query), ...readPaging(query) })
      })
      return c.json(page)
    })
}
