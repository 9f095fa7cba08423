import { type Context, Hono } from 'hono'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Plan } from '#database/query.ts'
import { runBatch } from '#database/batch.ts'
import type { AppEnv } from '#http/app-env.ts'
import { assertSuperuser } from '#http/guards.ts'
import { queryMap, readPaging } from '#http/query.ts'
import { planLogList, planLogStats, planLogView } from './log-queries.ts'

/** Routes for superusers to list, count and view log entries. */
export const logRoutes = new Hono<AppEnv>()
  .get('/logs', async (c) => {
    const page = await read(c, ({ now }) => {
      const query = queryMap(c.req.url)
      const { filter = '', sort = '' } = query
      return planLogList(now, { ...readPaging(query), filter, sort })
    })
    return c.json(page)
  })
  .get('/logs/stats', async (c) => {
    const hours = await read(c, ({ now }) => {
      const { filter = '' } = queryMap(c.req.url)
      return planLogStats(now, filter)
    })
    return c.json(hours)
  })
  .get('/logs/:id', async (c) => c.json(await read(c, () => planLogView(c.req.param('id')))))

/**
 * Database: 1 batch, and 1 more if logs have a separate database, which cannot confirm the caller.
 */
async function read<T>(c: Context<AppEnv>, planner: (context: PlanContext) => Plan<T>): Promise<T> {
  const { LOGS } = c.env
  const permitted = (context: PlanContext): Plan<T> => {
    c.var.rateLimiter.count(context)
    assertSuperuser(context.caller)
    return planner(context)
  }
  if (LOGS === undefined) return await c.var.transactor.read(permitted)

  const plan = await c.var.transactor.read((context) => {
    const permittedPlan = permitted(context)
    return { statements: [], read: () => permittedPlan }
  })
  return await plan.read(await runBatch(LOGS, plan.statements))
}
