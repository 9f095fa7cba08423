import { type Context, Hono } from 'hono'
import type { PlanContext } from '#catalog/plan-context.ts'
import type { AppEnv } from '#http/app-env.ts'
import { readForm } from '#http/body/form.ts'
import { bodyLimit } from '#http/body/raw-body.ts'
import { assertNotKeptInCode } from '#collections/kept-in-code.ts'
import { assertSuperuser } from '#http/guards.ts'
import { queryMap, readPaging } from '#http/query.ts'
import { budget } from '#kernel/budget.ts'
import { assertValid, issuesOf } from '#go-compat/validation-rules.ts'
import { answerPlan, applySchema } from './apply-schema.ts'
import { schemaErrors } from './errors.ts'
import { planEntry, planHistory } from './history.ts'
import {
  applyShape,
  driftModes,
  phases,
  planShape,
  planSources,
  type SchemaRequest,
} from './request.ts'

/** Routes for superusers to plan and apply definitions, and to read their history. */
export const schemaRoutes = new Hono<AppEnv>()
  .post('/schema/plan', bodyLimit(budget.textBytes), async (c) => {
    const { plan } = await answerPlan(c.get('services').transactor, async (context) => {
      admit(c, context)
      return { request: await readRequest(c) }
    })
    return c.json(plan)
  })
  .post('/schema/apply', bodyLimit(budget.textBytes), async (c) => {
    const { transactor } = c.get('services')
    const bookmark = async () => (await c.env.DB.bookmark?.()) ?? null
    const applied = await applySchema({ transactor, bookmark }, async (context) => {
      admit(c, context)
      const request = await readRequest(c)
      const { revision } = await readForm(c, applyShape(), schemaErrors.malformed)
      if (request.source === 'dashboard') assertNotKeptInCode(context)
      return { request, revision }
    })
    return c.json(applied)
  })
  .get('/schema/history', async (c) => {
    const page = await c.get('services').transactor.read((context) => {
      admit(c, context)
      const query = queryMap(c.req.url)
      return planHistory({ ...readPaging(query), digest: query['digest'] ?? '' })
    })
    return c.json(page)
  })
  .get('/schema/history/:id', async (c) => {
    const entry = await c.get('services').transactor.read((context) => {
      admit(c, context)
      return planEntry(c.req.param('id'))
    })
    return c.json(entry)
  })

function admit(c: Context<AppEnv>, context: PlanContext): void {
  c.get('services').rateLimiter.count(context)
  assertSuperuser(context.caller)
}

async function readRequest(c: Context<AppEnv>): Promise<SchemaRequest> {
  const form = await readForm(c, planShape(), schemaErrors.malformed)
  const { phase, drift, source } = form
  const known = {
    phase: phases.find((each) => each === phase),
    drift: driftModes.find((each) => each === drift),
    source: planSources.find((each) => each === source),
  }
  assertValid(
    issuesOf({
      phase: known.phase === undefined ? notInList : undefined,
      drift: known.drift === undefined ? notInList : undefined,
      source: known.source === undefined ? notInList : undefined,
    }),
  )
  return {
    ...form,
    phase: known.phase ?? 'all',
    drift: known.drift ?? '',
    source: known.source ?? 'push',
  }
}

const notInList = { code: 'validation_in_invalid', message: 'Must be a valid value.' }
