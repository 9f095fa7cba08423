import { Hono } from 'hono'
import { constant } from '#database/query.ts'
import type { AppEnv } from '#http/app-env.ts'
import { assertSuperuser } from '#http/guards.ts'
import { ApiError } from '#kernel/errors.ts'
import { cronErrors } from './errors.ts'
import type { Jobs } from './jobs.ts'
import { runJob } from './run-jobs.ts'

/** The scheduled jobs, for superusers: list, and run after the answer. Database: 1 batch. */
export function createCronRoutes(jobs: Pick<Jobs, 'for'>) {
  return new Hono<AppEnv>()
    .get('/crons', async (c) => {
      const listed = await c.var.transactor.read((context) => {
        c.var.rateLimiter.count(context)
        assertSuperuser(context.caller)
        return constant(jobs.for(context.catalog.settings))
      })
      return c.json(listed.map(({ id, expression }) => ({ id, expression })))
    })
    .post('/crons/:id', async (c) => {
      const job = await c.var.transactor.read((context) => {
        c.var.rateLimiter.count(context)
        assertSuperuser(context.caller)
        const listed = jobs.for(context.catalog.settings)
        const found = listed.find(({ id }) => id === c.req.param('id'))
        if (found === undefined) throw new ApiError(cronErrors.jobMissing)
        return constant(found)
      })
      c.var.background.run(runJob(job, c.env, new Date()))
      return c.body(null, 204)
    })
}
