import { Hono } from 'hono'
import { constant } from '#database/query.ts'
import type { AppEnv, Bindings } from '#http/app-env.ts'
import { assertSuperuser } from '#http/guards.ts'
import { ApiError } from '#kernel/errors.ts'
import { cronErrors } from './errors.ts'
import type { Jobs } from './jobs.ts'
import { type Job, runJob } from './run-jobs.ts'

/**
 * The scheduled jobs, for superusers: list, and run. A job runs after the response, or before it with
 * `?wait=true`. Database: 1 batch.
 */
export function createCronRoutes(jobs: Pick<Jobs, 'for'>) {
  return new Hono<AppEnv>()
    .get('/crons', async (c) => {
      const listed = await c.get('services').transactor.read((context) => {
        c.get('services').rateLimiter.count(context)
        assertSuperuser(context.caller)
        return constant(jobs.for(context.catalog.settings))
      })
      return c.json(listed.map(({ id, expression }) => ({ id, expression })))
    })
    .post('/crons/:id', async (c) => {
      const job = await c.get('services').transactor.read((context) => {
        c.get('services').rateLimiter.count(context)
        assertSuperuser(context.caller)
        const listed = jobs.for(context.catalog.settings)
        const found = listed.find(({ id }) => id === c.req.param('id'))
        if (found === undefined) throw new ApiError(cronErrors.jobMissing)
        return constant(found)
      })
      if (c.req.query('wait') === 'true') await finishJob(job, c.env)
      else c.get('services').background.run(runJob(job, c.env, new Date()))
      return c.body(null, 204)
    })
}

/** Runs a job to its end. The client is a superuser, who may read the reason of a failure. */
async function finishJob(job: Job, bindings: Bindings): Promise<void> {
  try {
    await job.run(bindings, new Date())
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown'
    const message = cronErrors.jobFailed.message + reason
    throw new ApiError(cronErrors.jobFailed, { message, cause: error })
  }
}
