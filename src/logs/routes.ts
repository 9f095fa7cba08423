import { type Context, Hono } from 'hono'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { Plan } from '#database/query.ts'
import { runBatch } from '#database/batch.ts'
import { parseDate } from '#go-compat/parse-date.ts'
import type { AppEnv } from '#http/app-env.ts'
import { assertSuperuser } from '#http/guards.ts'
import { queryMap, readPaging } from '#http/query.ts'
import { ApiError } from '#kernel/errors.ts'
import { logErrors } from './errors.ts'
import { planLogList, planLogStats, planLogView } from './log-queries.ts'
import { type LogSummaryParameters, logSteps, planLogSummary } from './summary.ts'

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
  .get('/logs/summary', async (c) => {
    const summary = await read(c, ({ now }) =>
      planLogSummary(now, summaryParameters(c.req.url, now)),
    )
    return c.json(summary)
  })
  .get('/logs/:id', async (c) => c.json(await read(c, () => planLogView(c.req.param('id')))))

const dayMilliseconds = 24 * 60 * 60 * 1000

/** Reads the parameters of a summary. By default it is of the last 24 hours, by hour. */
function summaryParameters(url: string, now: Date): LogSummaryParameters {
  const { filter = '', from = '', to = '', step = '' } = queryMap(url)
  const length = step === '' ? 'hour' : logSteps.find((known) => known === step)
  if (length === undefined) throw new ApiError(logErrors.stepInvalid)
  const end = dateOf(to) ?? now
  const start = dateOf(from) ?? new Date(end.getTime() - dayMilliseconds)
  return { filter, from: start, to: end, step: length }
}

function dateOf(text: string): Date | undefined {
  if (text === '') return undefined
  const date = parseDate(text)
  if (date === '') throw new ApiError(logErrors.dateInvalid)
  return new Date(date.replace(' ', 'T'))
}

/**
 * Database: 1 batch, and 1 more if logs have a separate database, which cannot confirm the caller.
 */
async function read<T>(c: Context<AppEnv>, planner: (context: PlanContext) => Plan<T>): Promise<T> {
  const { LOGS } = c.env
  const permitted = (context: PlanContext): Plan<T> => {
    c.get('services').rateLimiter.count(context)
    assertSuperuser(context.caller)
    return planner(context)
  }
  if (LOGS === undefined) return await c.get('services').transactor.read(permitted)

  const plan = await c.get('services').transactor.read((context) => {
    const permittedPlan = permitted(context)
    return { statements: [], read: () => permittedPlan }
  })
  return await plan.read(await runBatch(LOGS, plan.statements))
}
